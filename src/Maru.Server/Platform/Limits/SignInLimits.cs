namespace Maru.Server.Platform.Limits;

/// <summary>The limits of sign-ins and sign-ups by address, which middleware and handlers share. Any thread.</summary>
internal sealed class SignInLimits(SharedLimits shared, RateLimitOptions options)
{
    /// <summary>Sign-ins that fail, and sign-ups.</summary>
    public RateLimit OfAddress { get; } = new(
        "sign-in", shared.Add(Limit.SignIns, options.SignInBurst, options.SignInPerMinute, TimeSpan.FromMinutes(1)));

    /// <summary>Accounts that one address makes in the long run.</summary>
    public RateLimit OfSignUps { get; } = new(
        "sign-up", shared.Add(Limit.SignUps, options.SignUpsPerDay, options.SignUpsPerDay, TimeSpan.FromDays(1)));
}
