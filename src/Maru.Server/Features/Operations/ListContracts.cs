using System.ComponentModel.DataAnnotations;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Operations;

/// <summary>A user, as admins see them.</summary>
/// <param name="Role">of the whole server</param>
/// <param name="Sessions">sessions that are open</param>
/// <param name="DeletedAt">absent: the account is there</param>
/// <param name="SeenAt">when one of their sessions was renewed last; absent: not known</param>
/// <param name="Guest">true for a guest; else absent</param>
[Example(
    """
    {
      "id": 2, "handle": "ben", "name": "Ben", "role": "user", "createdAt": "2026-11-20T12:49:50.840Z", "sessions": 2,
      "seenAt": "2026-11-20T12:50:00.000Z"
    }
    """)]
public sealed record AdminUser(
    long Id, string Handle, string Name, [property: Values("SiteRole", "user", "admin")] string Role, DateTimeOffset CreatedAt,
    long Sessions, DateTimeOffset? DeletedAt = null, DateTimeOffset? SeenAt = null, bool? Guest = null);

/// <param name="Items">by handle</param>
/// <param name="Next">the <c>after</c> of the next page; absent: there is none</param>
public sealed record AdminUserPage(IReadOnlyList<AdminUser> Items, string? Next = null);

/// <param name="Role"><c>user</c> or <c>admin</c>, of the whole server</param>
[Example("""{"role":"admin"}""")]
public sealed record SiteRoleChange([property: Required, Values("SiteRole", "user", "admin")] string? Role);

/// <summary>A room, as admins see it: nothing of what is said in it.</summary>
/// <param name="Name">empty for a direct room</param>
/// <param name="Kind"><c>group</c> or <c>direct</c></param>
/// <param name="Visibility"><c>public</c> or <c>private</c></param>
/// <param name="Messages">the entries of its log: messages, and what the system says of members and the room</param>
/// <param name="ActiveAt">the time of the last of them</param>
[Example(
    """
    {
      "id": 1, "name": "Harbour", "kind": "group", "visibility": "public", "members": 12, "messages": 340,
      "createdAt": "2026-11-20T12:49:50.840Z", "activeAt": "2026-11-20T12:50:00.000Z"
    }
    """)]
public sealed record AdminRoom(
    long Id, string Name, string Kind, string Visibility, long Members, long Messages, DateTimeOffset CreatedAt, DateTimeOffset ActiveAt);

/// <param name="Items">the newest first; a search that finds few may return fewer than asked for, even none, and a <c>next</c></param>
/// <param name="Next">the <c>after</c> of the next page; absent: there is none</param>
public sealed record AdminRoomPage(IReadOnlyList<AdminRoom> Items, string? Next = null);
