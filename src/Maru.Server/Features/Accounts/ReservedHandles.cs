using System.Collections.Frozen;

namespace Maru.Server.Features.Accounts;

/// <summary>Handles that nobody can sign up with: others would take their owner for the operator, or for everybody. Any thread.</summary>
internal static class ReservedHandles
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        "admin", "admins", "administrator", "administrators", "root", "sysadmin", "superuser", "system", "operator", "maru", "server",
        "moderator", "moderators", "staff", "official", "support", "helpdesk", "security", "abuse", "webmaster", "postmaster", "hostmaster",
        "noreply", "everyone", "everybody", "all", "here", "channel", "deleted", "anonymous", "null", "undefined", "api", "www");

    /// <summary>Dots, dashes and underscores do not make another name of it.</summary>
    public static bool Contains(string handle) => Names.Contains(string.Concat(handle.Where(char.IsAsciiLetterOrDigit)));
}
