namespace Maru.Server.Platform.Security;

/// <summary>A security event: ids, an address and words of the program. Never a text that somebody typed, a token or a password.</summary>
/// <param name="Kind">one of <see cref="SecurityKind"/></param>
/// <param name="Outcome">one of <see cref="SecurityOutcome"/></param>
internal readonly record struct SecurityEvent(string Kind, string Outcome)
{
    /// <summary>The user who did it; null: nobody who is signed in.</summary>
    public long? User { get; init; }

    /// <summary>The account that it was done to.</summary>
    public long? Subject { get; init; }

    public long? Room { get; init; }

    public long? Session { get; init; }

    /// <summary>The client's address; null: another part of the server knows it.</summary>
    public string? Address { get; init; }

    /// <summary>More, in words of the program: the reason, the new role, the limit.</summary>
    public string? Detail { get; init; }

    /// <summary>Method and template of the request, and its status.</summary>
    public string? Request { get; init; }

    public string? Trace { get; init; }
}
