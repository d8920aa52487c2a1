using System.Globalization;
using Maru.Engine;

namespace Maru.Server.Features.Accounts;

/// <summary>A row of <c>users</c>.</summary>
internal sealed record Account(
    long Id, string Handle, string Name, string? StatusMessage, string? AvatarUrl, string Role, string? PasswordHash,
    long HidesPresence = 0, string WhoMayAdd = Allowed.Everyone, string WhoMayWrite = Allowed.Everyone, long FindByEmail = 0)
{
    /// <summary>The query without its WHERE; it never finds deleted accounts.</summary>
    public const string Select =
        "SELECT id, handle, name, status_message, avatar_url, role, password_hash, hides_presence, who_may_add, who_may_write, "
        + "find_by_email FROM users WHERE deleted_at IS NULL";

    public UserId UserId => new(Id);

    /// <summary>What the limits on guesses call its password.</summary>
    public string PasswordKey => string.Create(CultureInfo.InvariantCulture, $"account:{Id}");

    public User ToUser() => new(Id, Handle, Name, AvatarUrl);

    public Profile ToProfile() =>
        new(Id, Handle, Name, StatusMessage, AvatarUrl, HidesPresence == 0, WhoMayAdd, WhoMayWrite, FindByEmail > 0);
}

/// <summary>Whom a person lets do something to them, as stored and as JSON.</summary>
internal static class Allowed
{
    public const string Everyone = "everyone";
    public const string Contacts = "contacts";
    public const string Nobody = "nobody";

    public static bool IsOne(string? value) => value is Everyone or Contacts or Nobody;
}
