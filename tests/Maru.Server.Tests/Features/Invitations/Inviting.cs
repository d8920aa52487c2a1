using Maru.Server.Audit;
using Maru.Server.Features.Invitations;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Invitations;

/// <summary>Invitation links, as a test says them.</summary>
internal static class Inviting
{
    public static Task<InvitationLink> InviteAsync(this Person person, Room room, long? expiresIn = null, long? maxUses = null) =>
        person.Http.SendAsync($"POST /api/rooms/{room.Id}/invitations", new { expiresIn, maxUses }).Read<InvitationLink>(201);

    public static Task<HttpResponseMessage> AcceptAsync(this Person person, InvitationLink link) =>
        person.Http.SendAsync($"POST /api/invitations/{link.Code}/accept");

    public static async Task<IReadOnlyList<InvitationLink>> InvitationsAsync(this Person person, Room room) =>
        (await person.Http.SendAsync($"GET /api/rooms/{room.Id}/invitations?limit=200").Read<InvitationPage>()).Items;

    /// <summary>Returns the status of the response.</summary>
    public static async Task<int> StatusAsync(this Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        return (int)response.StatusCode;
    }

    /// <summary>Bans the user, a member or not.</summary>
    public static Task<HttpResponseMessage> BanAsync(this Person actor, Room room, Person user, string? reason = null) =>
        actor.Http.SendAsync($"PUT /api/rooms/{room.Id}/bans/{user.Id}", new { reason });

    public static Task<string> PromoteAsync(this Person owner, Room room, Person member, string role = "admin") =>
        owner.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{member.Id}", new { role }).ShouldBe(204);

    /// <summary>Checks that the rooms are sound, and that uses are as many as the logs tell of.</summary>
    public static async Task ShouldCountUsesAsync(this MaruServer server)
    {
        await server.ShouldBeSoundAsync();
        var reports = await server.Service<StoreAudit>().RunAsync(
            mends: false, (_, _) => { }, _ => { }, TestContext.Current.CancellationToken);
        reports.Single(x => x.Name == "invitations").First.ShouldBeEmpty();
    }
}
