using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Messages;
using Maru.Server.Features.OwnSettings;
using Maru.Server.Platform;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Rooms;

/// <param name="Name">1 to 100 visible characters of scripts that go together, at most 800 bytes; kept in one spelling</param>
/// <param name="Description">at most 1000 characters and 8000 bytes</param>
/// <param name="Visibility"><c>public</c>: all users find it and may join; <c>private</c>: by invitation</param>
/// <param name="Password">
/// the password that users need to join a public room, 1 to 256 characters and at most 2048 bytes; absent: none is needed
/// </param>
/// <param name="Members">users who are members from the beginning; who wants to be asked first is invited</param>
/// <param name="Guests">true: guests may join and be invited too</param>
/// <param name="History">
/// what those who join later may read of the past: <c>all</c>, or <c>joined</c> for nothing from before their join
/// </param>
[Example("""{"name":"Harbour","visibility":"public","members":[2]}""")]
public sealed record NewRoom(
    [property: Required] string? Name,
    [property: Required, Visibility] string? Visibility,
    string? Description = null,
    string? Password = null,
    IReadOnlyList<long>? Members = null,
    bool Guests = false,
    [property: RoomHistory] string? History = null);

/// <param name="UserId">the other user</param>
[Example("""{"userId":2}""")]
public sealed record DirectRequest([property: Required] long? UserId);

/// <summary>The fields to change: an absent one stays.</summary>
[Example("""{"description":"Ships and tides","password":null}""")]
public sealed record RoomChange
{
    /// <summary>1 to 100 visible characters of scripts that go together, at most 800 bytes; kept in one spelling.</summary>
    public string? Name { get; set; }

    /// <summary>At most 1000 characters and 8000 bytes.</summary>
    public string? Description { get; set; }

    [Visibility]
    public string? Visibility { get; set; }

    /// <summary>True: guests may join and be invited too; false: those who are there are removed.</summary>
    public bool? Guests { get; set; }

    /// <summary>
    /// What those who joined later may read of the past: <c>all</c>, or <c>joined</c> for nothing from before their join.
    /// </summary>
    [RoomHistory]
    public string? History { get; set; }

    /// <summary>null or empty: no password is needed any more.</summary>
    [OrNull]
    public string? Password
    {
        get;
        set
        {
            field = value;
            ChangesPassword = true;
        }
    }

    /// <summary>One line of at most 250 characters and 2000 bytes; null or empty: none.</summary>
    [OrNull]
    public string? Topic
    {
        get;
        set => field = value ?? "";
    }

    /// <summary>https://… or /api/files/…, at most 500 bytes; null or empty: none.</summary>
    [OrNull]
    public string? AvatarUrl
    {
        get;
        set => field = value ?? "";
    }

    /// <summary>
    /// Seconds between two messages of one member, at most 21600; 0: no wait. It does not bind the owner and admins.
    /// </summary>
    public int? SlowMode { get; set; }

    /// <summary>true: only the owner and admins write.</summary>
    public bool? ReadOnly { get; set; }

    /// <summary>False: new messages get no previews of their links; those that are there stay.</summary>
    public bool? LinkPreviews { get; set; }

    internal bool ChangesPassword { get; private set; }
}

[Example("""{"password":"fish"}""")]
public sealed record JoinRequest(string? Password = null);

[Example("""{"userIds":[2]}""")]
public sealed record Invitation([property: Required] IReadOnlyList<long>? UserIds);

/// <summary>A room into which somebody would bring the caller, who wants to be asked first.</summary>
/// <param name="Room">what is told of it before they accept</param>
/// <param name="Inviter">who would bring them in</param>
[Example(
    """
    {
      "room": { "id": 1, "name": "Harbour", "description": "", "memberCount": 2 },
      "inviter": { "id": 2, "handle": "ben", "name": "Ben" }, "at": "2026-11-20T12:52:07.249Z"
    }
    """)]
public sealed record RoomInvitation(InvitingRoom Room, User Inviter, DateTimeOffset At);

[Example("""{"id":1,"name":"Harbour","description":"","memberCount":2}""")]
public sealed record InvitingRoom(long Id, string Name, string Description, long MemberCount);

/// <param name="Items">ordered by the rooms' ids</param>
/// <param name="Next">pass it as <c>after</c> to get the next page; absent on the last one</param>
public sealed record RoomInvitationPage(IReadOnlyList<RoomInvitation> Items, string? Next = null);

/// <param name="Role"><c>owner</c> (the caller becomes admin), <c>admin</c> or <c>member</c></param>
[Example("""{"role":"admin"}""")]
public sealed record RoleChange([property: Required, Role] string? Role);

/// <param name="Kind"><c>group</c> or <c>direct</c></param>
/// <param name="Name">in a direct room: the name of the other user</param>
/// <param name="LastSeq">the seq of the newest entry of the room's log</param>
/// <param name="History">
/// what those who joined later may read of the past: <c>all</c>, or <c>joined</c> for nothing from before their join
/// </param>
/// <param name="Role">the caller's; absent when they are not a member</param>
/// <param name="Topic">one line; absent: none</param>
/// <param name="AvatarUrl">its picture, in a direct room that of the other user; absent: none</param>
/// <param name="SlowMode">seconds that a member waits between two messages; absent: none</param>
/// <param name="ReadOnly">true: only the owner and admins write; else absent</param>
/// <param name="Settings">what the caller has set for themselves; absent: nothing</param>
/// <param name="ReadSeq">the caller's position; only in the list of their own rooms, and so the next three</param>
/// <param name="Unread">messages that the caller has not read</param>
/// <param name="Mentions">those of them that mention the caller</param>
/// <param name="LastMessage">absent while there is none</param>
[Example(
    """
    {
      "id": 1, "kind": "group", "name": "Harbour", "description": "", "visibility": "public", "hasPassword": false, "memberCount": 2,
      "lastSeq": 17, "history": "all", "role": "member"
    }
    """)]
public sealed record Room(
    long Id,
    [property: RoomKind] string Kind,
    string Name,
    string Description,
    [property: Visibility] string Visibility,
    bool HasPassword,
    long MemberCount,
    long LastSeq,
    [property: RoomHistory] string History,
    [property: Role] string? Role = null,
    string? Topic = null,
    string? AvatarUrl = null,
    int? SlowMode = null,
    bool? ReadOnly = null,
    RoomSettings? Settings = null,
    long? ReadSeq = null,
    long? Unread = null,
    long? Mentions = null,
    Message? LastMessage = null)
{
    /// <summary>True where guests may be members; else absent.</summary>
    public bool? Guests { get; init; }

    /// <summary>False where messages get no previews of their links; else absent.</summary>
    public bool? LinkPreviews { get; init; }

    /// <summary>Messages of the last ten minutes; only in the list of public rooms.</summary>
    public long? RecentMessages { get; init; }
}

/// <param name="Next">pass it as <c>after</c>, with the same sort, to get the next page; absent on the last one</param>
public sealed record RoomPage(IReadOnlyList<Room> Items, string? Next = null);

/// <param name="Role"><c>owner</c>, <c>admin</c> or <c>member</c></param>
/// <param name="Online">true when they are there, online or away, and show it to you</param>
[Example("""{"id":1,"handle":"ann","name":"Ann","role":"owner","online":true}""")]
public sealed record Member(
    long Id, string Handle, string Name, [property: Role] string Role, bool Online, string? AvatarUrl = null);

/// <param name="Items">ordered by id</param>
/// <param name="Next">pass it as <c>after</c> to get the next page; absent on the last one</param>
public sealed record MemberPage(IReadOnlyList<Member> Items, string? Next = null);

/// <param name="Reason">
/// why, for the owner and the admins alone: at most 500 characters and 4000 bytes; absent or empty: none is told
/// </param>
[Example("""{"reason":"Advertising"}""")]
public sealed record BanRequest(string? Reason = null);

/// <param name="UserId">the member who follows the owner; absent: you</param>
[Example("""{"userId":2}""")]
public sealed record OwnerChange(long? UserId = null);

/// <param name="BannedBy">the id of the user who banned them</param>
/// <param name="Reason">absent: none was told</param>
[Example(
    """
    {"id":2,"handle":"ben","name":"Ben","bannedBy":1,"bannedAt":"2026-11-20T12:50:02.415Z","reason":"Advertising"}
    """)]
public sealed record Ban(
    long Id, string Handle, string Name, long BannedBy, DateTimeOffset BannedAt, string? AvatarUrl = null, string? Reason = null);

/// <inheritdoc cref="MemberPage"/>
public sealed record BanPage(IReadOnlyList<Ban> Items, string? Next = null);

internal sealed class RoomKindAttribute() : ValuesAttribute("RoomKind", "group", "direct");

internal sealed class VisibilityAttribute() : ValuesAttribute("Visibility", "public", "private");

internal sealed class RoomHistoryAttribute() : ValuesAttribute("RoomHistory", "all", "joined");

internal sealed class RoleAttribute() : ValuesAttribute("Role", "owner", "admin", "member");

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(NewRoom))]
[JsonSerializable(typeof(DirectRequest))]
[JsonSerializable(typeof(RoomChange))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(Invitation))]
[JsonSerializable(typeof(RoomInvitationPage))]
[JsonSerializable(typeof(RoleChange))]
[JsonSerializable(typeof(BanRequest))]
[JsonSerializable(typeof(OwnerChange))]
[JsonSerializable(typeof(RoomPage))]
[JsonSerializable(typeof(MemberPage))]
[JsonSerializable(typeof(BanPage))]
internal sealed partial class RoomJson : JsonSerializerContext
{
    /// <summary>The same JSON outside of HTTP responses.</summary>
    public static readonly RoomJson Events = Json.ForEvents(options => new RoomJson(options));
}
