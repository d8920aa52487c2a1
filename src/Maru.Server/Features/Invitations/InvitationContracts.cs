using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Invitations;

/// <param name="ExpiresIn">seconds after which it is over, 1 to 31536000 (a year); absent: it does not end by itself</param>
/// <param name="MaxUses">people whom it lets in, 1 to 100000; absent: any number</param>
[Example("""{"expiresIn":86400,"maxUses":10}""")]
public sealed record NewInvitationLink(long? ExpiresIn = null, long? MaxUses = null);

/// <summary>A link that lets people into a room.</summary>
/// <param name="Code">the secret in the link</param>
/// <param name="Url">the link: the code is behind its #, which browsers send to no server</param>
/// <param name="Uses">people who came in by it</param>
/// <param name="CreatedBy">who made it, and answers for it</param>
/// <param name="ExpiresAt">absent: it does not end by itself</param>
/// <param name="MaxUses">absent: any number</param>
[Example(
    """
    {
      "code": "b1JkQ2x0V0tqNnhQd3pZbUR0", "url": "https://chat.example.org/#/invite/b1JkQ2x0V0tqNnhQd3pZbUR0", "uses": 0,
      "createdBy": { "id": 1, "handle": "ann", "name": "Ann" }, "createdAt": "2026-11-20T12:50:02.415Z",
      "expiresAt": "2026-11-21T12:50:02.415Z", "maxUses": 10
    }
    """)]
public sealed record InvitationLink(
    string Code,
    string Url,
    long Uses,
    User CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt = null,
    long? MaxUses = null);

/// <param name="Items">the newest first</param>
/// <param name="Next">pass it as <c>after</c> to get the next page; absent on the last one</param>
public sealed record InvitationPage(IReadOnlyList<InvitationLink> Items, string? Next = null);

/// <summary>What an invitation leads to, for whoever has its code.</summary>
/// <param name="Guests">it lets guests in too: the server has them, and the room allows them</param>
/// <param name="ExpiresAt">absent: it does not end by itself</param>
[Example(
    """
    {"room":{"name":"Harbour","description":"Ships and tides","memberCount":2},"guests":true,"expiresAt":"2026-11-21T12:50:02.415Z"}
    """)]
public sealed record InvitationView(InvitedRoom Room, bool Guests, DateTimeOffset? ExpiresAt = null);

[Example("""{"name":"Harbour","description":"Ships and tides","memberCount":2}""")]
public sealed record InvitedRoom(string Name, string Description, long MemberCount);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(NewInvitationLink))]
[JsonSerializable(typeof(InvitationPage))]
[JsonSerializable(typeof(InvitationView))]
internal sealed partial class InvitationsJson : JsonSerializerContext;
