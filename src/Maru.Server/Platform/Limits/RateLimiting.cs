namespace Maru.Server.Platform.Limits;

/// <summary>Metadata of an endpoint: its requests count against this limit too.</summary>
internal sealed record Limited(Limit By);

/// <summary>Metadata of an endpoint: its requests count against no limit.</summary>
internal sealed record Unlimited;

/// <summary>Marks endpoints with their limits, and puts the limits into the pipeline.</summary>
internal static class RateLimiting
{
    public static void AddRateLimits(this IServiceCollection services)
    {
        services.AddSingleton<SharedLimits>();
        services.AddSingleton<SignInLimits>();
        services.AddSingleton<RateLimits>();
    }

    public static void UseRateLimits(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<RateLimitOptions>().Enabled) return;
        var limits = app.Services.GetRequiredService<RateLimits>();
        app.Use(next => context => limits.Take(context) is { } refusal ? refusal.ExecuteAsync(context) : next(context));
    }

    public static TBuilder LimitBy<TBuilder>(this TBuilder endpoints, Limit limit) where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new Limited(limit));

    public static TBuilder DoNotLimit<TBuilder>(this TBuilder endpoints) where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new Unlimited());
}
