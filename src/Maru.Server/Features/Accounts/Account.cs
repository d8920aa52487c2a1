using System.Globalization;
using Maru.Engine;
using Maru.Server.Platform.Tokens;

namespace Maru.Server.Features.Accounts;

/// <summary>A row of <c>users</c>.</summary>
internal sealed record Account(
    long Id, string Handle, string Name, string? StatusMessage, string? AvatarUrl, string Role, string? PasswordHash,
    long HidesPresence = 0, string WhoMayAdd = Allowed.Everyone, string WhoMayWrite = Allowed.Everyone, long FindByEmail = 0,
    long HidesReads = 0, long HidesLastSeen = 0, long QuietUntil = 0, long IsGuest = 0)
{
    /// <summary>The query without its WHERE; it never finds deleted accounts.</summary>
    public const string Select =
        "SELECT id, handle, name, status_message, avatar_url, role, password_hash, hides_presence, who_may_add, who_may_write, "
        + "find_by_email, hides_reads, hides_last_seen, quiet_until, is_guest FROM users WHERE deleted_at IS NULL";

    public UserId UserId => new(Id);

    /// <summary>What the limits on guesses call its password.</summary>
    public string PasswordKey => string.Create(CultureInfo.InvariantCulture, $"account:{Id}");

    /// <summary>The role that its tokens name.</summary>
    public string TokenRole => IsGuest != 0 ? AccessClaims.Guest : Role;

    public User ToUser() => new(Id, Handle, Name, AvatarUrl) { Guest = IsGuest != 0 ? true : null };

    public Profile ToProfile(DateTimeOffset now) => new(
        Id, Handle, Name, StatusMessage, AvatarUrl, HidesPresence == 0, WhoMayAdd, WhoMayWrite, FindByEmail > 0, HidesReads == 0,
        HidesLastSeen == 0, new Quiet(QuietUntil).At(now), Role, IsGuest != 0 ? true : null);
}

/// <summary>Whom a person lets do something to them, as stored and as JSON.</summary>
internal static class Allowed
{
    public const string Everyone = "everyone";
    public const string Contacts = "contacts";
    public const string Nobody = "nobody";

    public static bool IsOne(string? value) => value is Everyone or Contacts or Nobody;
}
