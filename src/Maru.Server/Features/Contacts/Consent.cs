namespace Maru.Server.Features.Contacts;

/// <summary>
/// What people let others do to them, as conditions on a row of <c>users u</c>, for the user in the parameter <c>@actor</c>. A block
/// answers as <c>nobody</c> does, so that nobody can tell that they are blocked.
/// </summary>
internal static class Consent
{
    /// <summary>The user may bring <c>u</c> into a group room at once.</summary>
    public const string LetsAdd =
        $"({NotBlocked} AND (u.who_may_add = 'everyone' OR (u.who_may_add = 'contacts' AND {IsContact})))";

    /// <summary>The user may invite <c>u</c>, who is asked first.</summary>
    public const string IsAskedFirst = $"({NotBlocked} AND u.who_may_add = 'contacts' AND NOT {IsContact})";

    /// <summary>The user may open a direct room with <c>u</c>.</summary>
    public const string LetsWrite =
        $"({NotBlocked} AND (u.who_may_write = 'everyone' OR (u.who_may_write = 'contacts' AND {IsContact})))";

    private const string NotBlocked = "NOT EXISTS (SELECT 1 FROM blocks k WHERE k.user_id = u.id AND k.other_id = @actor)";

    private const string IsContact =
        "EXISTS (SELECT 1 FROM contacts c WHERE c.user_id = u.id AND c.other_id = @actor AND c.state = 'accepted')";
}
