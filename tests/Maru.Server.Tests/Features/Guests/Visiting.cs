using Maru.Server.Features.Accounts;
using Maru.Server.Features.Rooms;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Guests;

/// <summary>The actions of guests and their hosts, as a test says them.</summary>
internal static class Visiting
{
    public const string Enabled = "--Maru:Guests:Enabled=true";

    public static async Task<Person> EnterAsync(this MaruServer server, string name = "Gil") =>
        server.Person(await server.Http.SendAsync("POST /api/auth/guest", new { name }).Read<SignedIn>(201));

    public static Task<Room> MakeOpenHouseAsync(this Person owner, string visibility = "public") =>
        owner.Http.SendAsync("POST /api/rooms", new { name = "open house", visibility, guests = true }).Read<Room>(201);

    public static Task<HttpResponseMessage> InviteAsync(this Person owner, Room room, Person guest) =>
        owner.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = new[] { guest.Id } });

    public static Task<Room> AllowGuestsAsync(this Person owner, Room room, bool guests) =>
        owner.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { guests }).Read<Room>();

    /// <summary>Returns once the room has no other members.</summary>
    public static Task UntilAreAsync(this Person person, Room room, params long[] members) => Deadline.Until(
        async () => (await person.MembersAsync(room)).Select(x => x.Id).Order().SequenceEqual(members.Order()), "the guests to be gone");
}
