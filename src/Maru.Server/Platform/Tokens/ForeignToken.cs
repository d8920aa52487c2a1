namespace Maru.Server.Platform.Tokens;

/// <summary>What a token of another issuer is worth here.</summary>
internal enum ForeignState
{
    /// <summary>It is nobody's: no issuer that is known made it for us.</summary>
    Forged,

    /// <summary>It is not valid now.</summary>
    Expired,

    /// <summary>Its user signed out since, or deleted their account.</summary>
    Ended,

    Good,
}

/// <param name="State">what it is worth</param>
/// <param name="Claims">
/// as of a token of ours; instead of a session, which it has none of, the time at which it was issued: <see cref="AccessClaims.IsForeign"/>
/// </param>
internal readonly record struct ForeignToken(ForeignState State, AccessClaims Claims = default);

/// <summary>
/// Reads a token that is not ours. It reads the store where the node does not know its user, and makes the user where there is none.
/// </summary>
internal delegate ValueTask<ForeignToken> ForeignTokens(string token, CancellationToken ct);
