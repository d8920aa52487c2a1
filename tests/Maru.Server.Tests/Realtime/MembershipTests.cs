using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Realtime;

/// <summary>Rights on open connections: they begin and end with membership, at once.</summary>
public sealed class MembershipTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Theory]
    [InlineData("kick")]
    [InlineData("ban")]
    [InlineData("leave")]
    [InlineData("delete the room")]
    [InlineData("delete the account")]
    public async Task Who_is_out_hears_and_says_nothing_more_and_is_told(string how)
    {
        var (ann, bob) = (await server.SignUpAsync(), await server.SignUpAsync("bob"));
        var room = await ann.MakeRoomAsync(members: bob.Id);
        await using var his = await StompSocket.ConnectAsync(server.Address, bob.AccessToken);
        await his.SubscribeAsync("/user/queue/errors", "errors");
        await his.SubscribeAsync("/user/queue/events", "events");
        await his.SubscribeAsync(room.Id);
        await his.SubscribeAsync($"/topic/rooms/{room.Id}/signals/cursor", "signals");
        await his.SayAndWaitAsync(room.Id, "I am here");
        await his.EventAsync("message.created");

        await (how switch
        {
            "kick" => ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{bob.Id}"),
            "ban" => ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{bob.Id}?ban=true"),
            "leave" => bob.Http.SendAsync($"POST /api/rooms/{room.Id}/leave"),
            "delete the room" => ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}"),
            _ => bob.Http.SendAsync("DELETE /api/me", new { password = Person.Password }),
        }).ShouldBe(204);

        if (how == "delete the account")
        {
            await his.EventAsync("session.ended");
            (await his.Ended.Within("the end")).Code.ShouldBe(1008);
            return;
        }

        (await his.EventAsync("room.removed")).Json.GetProperty("roomId").GetInt64().ShouldBe(room.Id);
        await his.SayAsync(room.Id, "still here?");
        (await his.RefusalAsync()).Type.ShouldBe(Problem.NotFound.Slug);
        await his.SendAsync("SEND", "x", ("destination", $"/topic/rooms/{room.Id}/signals/cursor"), ("receipt", "signal"));
        var refusal = await his.RefusalAsync();
        (refusal.Type, refusal["receipt-id"]).ShouldBe((Problem.NotFound.Slug, "signal"));
        await his.SendAsync("SUBSCRIBE", "", ("destination", $"/topic/rooms/{room.Id}"), ("id", "again"), ("receipt", "again"));
        (await his.RefusalAsync())["receipt-id"].ShouldBe("again");
        if (how == "delete the room") return;

        await ann.SayAsync(room, "among us");
        await using var hers = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await hers.SendAsync("SEND", "x", ("destination", $"/topic/rooms/{room.Id}/signals/cursor"), ("receipt", "s"));
        await hers.ReceiptAsync("s");
        await his.SyncAsync();
        his.Inbox().ShouldNotContain(frame => frame.Text.Contains("among us", StringComparison.Ordinal)
            || frame["destination"].Contains("signals", StringComparison.Ordinal));
        (await ann.HistoryAsync(room)).ShouldNotContain(message => message.Text == "still here?");
    }

    [Fact]
    public async Task Who_is_invited_is_told_and_takes_part_on_the_same_connection()
    {
        var (ann, bob) = (await server.SignUpAsync(), await server.SignUpAsync("bob"));
        var room = await ann.MakeRoomAsync(visibility: "private");
        await using var his = await StompSocket.ConnectAsync(server.Address, bob.AccessToken);
        await his.SubscribeAsync("/user/queue/errors", "errors");
        await his.SubscribeAsync("/user/queue/events", "events");
        await his.SayAsync(room.Id, "let me in");
        (await his.RefusalAsync()).Type.ShouldBe(Problem.NotFound.Slug);

        await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = new[] { bob.Id } }).ShouldBe(204);
        var added = (await his.EventAsync("room.added")).Json;
        added.GetProperty("roomId").GetInt64().ShouldBe(room.Id);
        added.GetProperty("room").GetProperty("role").GetString().ShouldBe("member");
        await his.SubscribeAsync(room.Id, after: 0);
        var joined = await his.EventAsync("member.joined");
        (await his.SayAndWaitAsync(room.Id, "thank you")).Seq.ShouldBe(joined.Seq + 1);
        (await his.EventAsync("message.created")).Seq.ShouldBe(joined.Seq + 1);
    }

    [Fact]
    public async Task Who_was_out_and_comes_back_goes_on_where_he_was()
    {
        var (ann, bob) = (await server.SignUpAsync(), await server.SignUpAsync("bob"));
        var room = await ann.MakeRoomAsync(members: bob.Id);
        await using var his = await StompSocket.ConnectAsync(server.Address, bob.AccessToken);
        await his.SubscribeAsync("/user/queue/events", "events");
        for (var round = 0; round < 5; round++)
        {
            await his.SubscribeAsync($"/topic/rooms/{room.Id}", $"round{round}");
            var seq = (await his.SayAndWaitAsync(room.Id, $"round {round}")).Seq;
            (await his.EventAsync("message.created")).Seq.ShouldBe(seq);
            await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{bob.Id}").ShouldBe(204);
            await his.EventAsync("room.removed");
            await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = new[] { bob.Id } }).ShouldBe(204);
            await his.EventAsync("room.added");
        }

        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Nothing_of_a_member_stands_behind_his_removal_however_fast_he_sends()
    {
        var (ann, bob) = (await server.SignUpAsync(), await server.SignUpAsync("bob"));
        var room = await ann.MakeRoomAsync(members: bob.Id);
        await using var his = await StompSocket.ConnectAsync(server.Address, bob.AccessToken);
        await his.SubscribeAsync("/user/queue/errors", "errors");
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++) await his.SayAsync(room.Id, $"{i}");
        }, TestContext.Current.CancellationToken);
        await his.ReceiptAsync("r50");
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{bob.Id}").ShouldBe(204);
        await sending.Within("all to be sent");
        await his.SyncAsync();
        (await ann.HistoryAsync(room))[^1].Kind.ShouldBe("system");
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Strangers_see_and_say_nothing()
    {
        var (ann, eve) = (await server.SignUpAsync(), await server.SignUpAsync("eve"));
        var room = await ann.MakeRoomAsync(visibility: "private");
        await using var socket = await StompSocket.ConnectAsync(server.Address, eve.AccessToken);
        await socket.SubscribeAsync("/user/queue/errors", "errors");
        foreach (var destination in (string[])[$"/topic/rooms/{room.Id}", $"/topic/rooms/{room.Id}/signals/x", "/topic/rooms/999999"])
        {
            await socket.SendAsync(
                "SUBSCRIBE", "", ("destination", destination), ("id", destination), ("receipt", destination), ("after", "0"));
            (await socket.RefusalAsync()).Type.ShouldBe(Problem.NotFound.Slug);
        }

        foreach (var destination in (string[])[
            "/topic/rooms/0",
            "/topic/rooms/-1",
            "/topic/rooms/01",
            "/topic/rooms/",
            "/topic/elsewhere",
            "/user/queue/other",
            $"/topic/rooms/{room.Id}/signals/",
            "/app/rooms/1/messages",
        ])
        {
            await socket.SendAsync("SUBSCRIBE", "", ("destination", destination), ("id", "x"), ("receipt", destination));
            (await socket.RefusalAsync()).Type.ShouldBe(Problem.UnknownDestination.Slug);
        }
    }
}
