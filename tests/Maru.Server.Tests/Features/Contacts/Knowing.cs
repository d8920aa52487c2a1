using System.Text.Json;
using Maru.Engine.Problems;
using Maru.Server.Features.Blocks;
using Maru.Server.Features.Contacts;
using Maru.Server.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Contacts;

/// <summary>Contacts and blocks, as a test says them.</summary>
internal static class Knowing
{
    public static Task<HttpResponseMessage> AskAsync(this Person person, Person other) =>
        person.Http.SendAsync("POST /api/contacts", new { userId = other.Id });

    /// <summary>Makes two people contacts.</summary>
    public static async Task MeetAsync(this Person person, Person other)
    {
        await person.AskAsync(other).ShouldBe(201);
        (await other.AskAsync(person).Read<Contact>()).State.ShouldBe("accepted");
    }

    public static Task ForgetAsync(this Person person, Person other) =>
        person.Http.SendAsync($"DELETE /api/contacts/{other.Id}").ShouldBe(204);

    /// <summary>Returns contacts as text: "7 accepted Benny".</summary>
    public static async Task<string[]> KnowsAsync(this Person person, string query = "limit=200") =>
    [
        .. from contact in (await person.Http.SendAsync($"GET /api/contacts?{query}").Read<ContactPage>()).Items
           select $"{contact.User.Id} {contact.State} {contact.Nickname}".TrimEnd(),
    ];

    public static Task BlockAsync(this Person person, Person other) =>
        person.Http.SendAsync($"PUT /api/blocks/{other.Id}").ShouldBe(204);

    public static Task LiftAsync(this Person person, Person other) =>
        person.Http.SendAsync($"DELETE /api/blocks/{other.Id}").ShouldBe(204);

    public static async Task<long[]> BlockedAsync(this Person person) =>
        [.. (await person.Http.SendAsync("GET /api/blocks?limit=200").Read<BlockPage>()).Items.Select(x => x.User.Id)];

    public static Task SetAsync(this Person person, object settings) => person.Http.SendAsync("PATCH /api/me", settings).ShouldBe(200);

    public static Task<HttpResponseMessage> OpenAsync(this Person person, Person other) =>
        person.Http.SendAsync("POST /api/rooms/direct", new { userId = other.Id });

    public static Task<Room> DirectAsync(this Person person, Person other) => person.OpenAsync(other).Read<Room>(201);

    public static Task<HttpResponseMessage> InviteAsync(this Person person, Room room, params long[] userIds) =>
        person.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds });

    public static async Task<RoomInvitation[]> InvitationsAsync(this Person person) =>
        [.. (await person.Http.SendAsync("GET /api/me/invitations").Read<RoomInvitationPage>()).Items];

    /// <summary>The next event about somebody: "7 incoming", "7 gone".</summary>
    public static async Task<string> ContactEventAsync(this StompSocket socket)
    {
        var json = (await socket.EventAsync("contact.changed")).Json;
        var state = json.GetProperty("state");
        if (state.ValueKind == JsonValueKind.Null) json.EnumerateObject().Select(x => x.Name).ShouldBe(["type", "userId", "state"]);
        else json.GetProperty("user").GetProperty("id").GetInt64().ShouldBe(json.GetProperty("userId").GetInt64());
        return $"{json.GetProperty("userId")} {(state.ValueKind == JsonValueKind.Null ? "gone" : state.GetString())}";
    }

    public static void ShouldHearNothingOf(this StompSocket socket, string type) =>
        socket.Inbox().ShouldNotContain(frame => frame.Command == "MESSAGE" && frame.Type == type);

    /// <summary>A refusal as somebody can compare it with another one.</summary>
    public static string Text(this JsonElement problem) =>
        string.Join(", ", problem.EnumerateObject().Where(x => x.Name != "traceId").Select(x => $"{x.Name}: {x.Value}"));

    /// <summary>Refused as everybody is to whom somebody does not let write.</summary>
    public static Task ShouldNotWriteAsync(this Task<HttpResponseMessage> answer) => answer.ShouldRefuse(Problem.MayNotWrite);
}
