using Maru.Engine.Problems;
using Maru.Server.Features.Rooms;
using Maru.Server.Tests.Features.Contacts;
using Maru.Server.Tests.Features.Invitations;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Members;

/// <summary>Each joined, left and changed is shown once for each real change, and never without one.</summary>
public sealed class OnceTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Connections_that_come_and_go_are_no_coming_and_going()
    {
        var (ann, ben, room) = await MeetAsync();
        for (var i = 0; i < 5; i++)
        {
            await using var socket = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
            await socket.SubscribeAsync(room.Id);
            await ben.JoinAsync(room);
            if (i % 2 == 0) socket.Cut();
        }

        (await ann.NewsAsync(room)).ShouldBeEmpty();
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(0);
    }

    [Fact]
    public async Task Repeated_joins_invitations_kicks_and_goodbyes_are_shown_once()
    {
        var (ann, ben, room) = await MeetAsync();
        var cat = await server.SignUpAsync("cat");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => cat.JoinAsync(room)));
        await BringAsync(204);
        (await ann.NewsAsync(room)).ShouldBe([$"member.joined {cat.Handle}"]);

        var kicks = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ =>
            ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{cat.Id}").StatusAsync()));
        kicks.Order().ShouldBe([204, .. Enumerable.Repeat(404, 9)]);
        (await ann.NewsAsync(room)).ShouldBe([$"member.joined {cat.Handle}", $"member.left {cat.Handle}"]);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => BringAsync(204)));
        (await ann.NewsAsync(room)).Count.ShouldBe(3);

        var goodbyes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ =>
            cat.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").StatusAsync()));
        goodbyes.Order().ShouldBe([204, .. Enumerable.Repeat(404, 9)]);
        var bans = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ann.BanAsync(room, ben).StatusAsync()));
        bans.ShouldAllBe(x => x == 204);
        (await ann.NewsAsync(room)).Skip(3).ShouldBe([$"member.left {cat.Handle}", $"member.left {ben.Handle}"]);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(5);
        await server.ShouldBeSoundAsync();

        Task<string> BringAsync(int status) =>
            ann.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = new[] { cat.Id, cat.Id } }).ShouldBe(status);
    }

    [Fact]
    public async Task A_change_to_what_the_room_is_already_is_shown_not_at_all_and_a_real_one_once()
    {
        var (ann, ben, room) = await MeetAsync();
        var same = new { name = "room", description = "about", visibility = "public", password = "secret" };
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", same).ShouldBe(200);
        for (var i = 0; i < 3; i++) await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", same).ShouldBe(200);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { password = "secret" }).ShouldBe(200);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { }).ShouldBe(200);
        (await ann.NewsAsync(room)).ShouldBe(["room.changed"]);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { password = "another" }).ShouldBe(200);
        (await ann.NewsAsync(room)).ShouldBe(["room.changed", "room.changed"]);
        var cat = await server.SignUpAsync("cat");
        await cat.Http.SendAsync($"POST /api/rooms/{room.Id}/join", new { password = "secret" }).ShouldRefuse(Problem.WrongRoomPassword);
        await cat.Http.SendAsync($"POST /api/rooms/{room.Id}/join", new { password = "another" }).ShouldBe(204);

        for (var i = 0; i < 2; i++) await ann.PromoteAsync(room, ben);
        await ann.PromoteAsync(room, ann, Roles.Owner);
        (await ann.NewsAsync(room)).Skip(2).ShouldBe([$"member.joined {cat.Handle}", $"room.changed {ben.Handle}"]);
    }

    [Fact]
    public async Task Whoever_s_role_changes_hears_of_it_once()
    {
        var (ann, ben, room) = await MeetAsync();
        await using var his = await ben.ListenAsync();
        await using var hers = await ann.ListenAsync();
        for (var i = 0; i < 2; i++) await ann.PromoteAsync(room, ben);
        await ann.PromoteAsync(room, ben, Roles.Owner);
        // Each change is an entry, so how far the log goes is told beside it whenever a round of counts comes.
        foreach (var role in (string[])["admin", "owner"])
            (await his.EventAsync("room.role")).Json.GetProperty("role").GetString().ShouldBe(role);
        (await hers.EventAsync("room.role")).Json.GetProperty("role").GetString().ShouldBe("admin");
        await his.SyncAsync();
        await hers.SyncAsync();
        his.ShouldHearNothingOf("room.role");
        hers.ShouldHearNothingOf("room.role");
    }

    private async Task<(Person Ann, Person Ben, Room Room)> MeetAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        return (ann, ben, await ann.MakeRoomAsync("room", "public", null, ben.Id));
    }
}
