namespace Maru.Server.Platform.Tokens;

/// <summary>
/// Returns whether a token that was read belongs to the session that the store has under its number. It reads the store the first time that
/// a node sees the session, and not again.
/// </summary>
internal delegate ValueTask<bool> SessionVerifier(AccessClaims claims, CancellationToken ct);
