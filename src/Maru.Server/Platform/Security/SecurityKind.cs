namespace Maru.Server.Platform.Security;

/// <summary>The kinds of security events; the names are stable, for programs.</summary>
internal static class SecurityKind
{
    public const string SignUp = "sign-up";
    public const string SignIn = "sign-in";
    public const string SignOut = "sign-out";

    /// <summary>An exchange of a refresh token.</summary>
    public const string Refresh = "refresh";

    /// <summary>Sessions that the server ended, by reason.</summary>
    public const string SessionEnd = "session-end";

    /// <summary>An access token that is forged, or of a session that has ended. One that expired is no event.</summary>
    public const string AccessToken = "access-token";

    public const string PasswordChange = "password-change";
    public const string AccountDeletion = "account-deletion";
    public const string RoleChange = "role-change";
    public const string MemberRemoval = "member-removal";
    public const string BanLift = "ban-lift";
    public const string RoomDeletion = "room-deletion";

    /// <summary>An invitation link that was made.</summary>
    public const string Invitation = "invitation";

    /// <summary>An invitation link that was revoked.</summary>
    public const string InvitationEnd = "invitation-end";

    /// <summary>A node that an admin drains.</summary>
    public const string NodeDrain = "node-drain";

    /// <summary>A node's log that an admin makes finer for a while.</summary>
    public const string LogLevel = "log-level";

    /// <summary>Any other request for something that its user may not do.</summary>
    public const string Authorization = "authorization";

    /// <summary>Any other request beyond a rate limit.</summary>
    public const string RateLimit = "rate-limit";
}

/// <summary>The outcomes of security events.</summary>
internal static class SecurityOutcome
{
    public const string Success = "success";

    /// <summary>It was tried and did not work: a wrong password, a bad token.</summary>
    public const string Failure = "failure";

    /// <summary>It is not allowed.</summary>
    public const string Denied = "denied";

    /// <summary>A rate limit was reached.</summary>
    public const string Limited = "limited";

    /// <summary>The server could not do it.</summary>
    public const string Error = "error";

    /// <summary>A refresh token that was used before: it was stolen, now or then.</summary>
    public const string Reused = "reused";

    public const string Forged = "forged";
    public const string Ended = "session-ended";
}
