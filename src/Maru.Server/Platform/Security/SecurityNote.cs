namespace Maru.Server.Platform.Security;

/// <summary>What a request's handlers know of it for its security event, which is written at its end. One request.</summary>
internal sealed class SecurityNote
{
    /// <summary>The account that it is about.</summary>
    public long? Subject { get; set; }

    /// <summary>The outcome, where the status does not tell.</summary>
    public string? Outcome { get; set; }

    /// <inheritdoc cref="SecurityEvent.Detail"/>
    public string? Detail { get; set; }

    /// <summary>Returns the request's note, and makes it where there is none.</summary>
    public static SecurityNote Of(HttpContext context)
    {
        if (context.Features.Get<SecurityNote>() is { } note) return note;
        context.Features.Set(note = new SecurityNote());
        return note;
    }
}

/// <summary>Metadata of an endpoint: each of its requests is a security event of that kind.</summary>
internal sealed record Audited(string Kind);

internal static class AuditedExtensions
{
    /// <summary>Makes each request of the endpoint a security event.</summary>
    public static TBuilder Audits<TBuilder>(this TBuilder endpoints, string kind) where TBuilder : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new Audited(kind));
}
