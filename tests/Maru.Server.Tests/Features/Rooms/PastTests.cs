using Maru.Engine.Problems;
using Maru.Server.Features.Rooms;
using Maru.Server.Tests.Features.Mentions;
using Maru.Server.Tests.Features.Pins;
using Maru.Server.Tests.Features.Polls;
using Maru.Server.Tests.Features.Reactions;
using Maru.Server.Tests.Features.Stars;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Rooms;

/// <summary>What those who joined later may read of a room's past.</summary>
public sealed class PastTests(MaruServer server) : IClassFixture<MaruServer>
{
    private const string Old = "from before";

    [Fact]
    public async Task A_room_says_what_those_who_join_later_may_read_and_its_owner_and_admins_change_it()
    {
        var (ann, ben, eve) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("eve"));
        (await ann.MakeRoomAsync()).History.ShouldBe("all");
        var room = await ann.MakeRoomWithAsync("joined", ben.Id, eve.Id);
        room.History.ShouldBe("joined");
        await ann.RankAsync(room, ben);
        (await ben.SeeAsync(room)).History.ShouldBe("joined");
        (await ben.Http.SendAsync("GET /api/me/rooms").Read<RoomPage>()).Items[0].History.ShouldBe("joined");
        (await ben.Http.SendAsync("GET /api/rooms?sort=newest").Read<RoomPage>()).Items.Single(x => x.Id == room.Id).History
            .ShouldBe("joined");

        await using var socket = await StompSocket.ConnectAsync(server.Address, eve.AccessToken);
        await socket.SubscribeAsync(room.Id);
        var before = (await ann.SeeAsync(room)).LastSeq;
        (await ben.SetHistoryAsync(room, "joined")).LastSeq.ShouldBe(before);
        (await ben.SetHistoryAsync(room, "all")).History.ShouldBe("all");
        var told = await socket.EventAsync("room.changed");
        (told.Seq, told.Json.GetProperty("room").GetProperty("history").GetString()).ShouldBe((before + 1, "all"));
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { description = "new" }).ShouldBe(200);
        (await socket.EventAsync("room.changed")).Json.GetProperty("room").GetProperty("history").GetString().ShouldBe("all");

        await eve.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { history = "joined" }).ShouldRefuse(Problem.Forbidden);
        foreach (var wrong in (string[])["", "All", "none"])
        {
            await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { history = wrong }).ShouldRefuse(Problem.Invalid);
            await ann.Http.SendAsync("POST /api/rooms", new { name = "room", visibility = "public", history = wrong })
                .ShouldRefuse(Problem.Invalid);
        }
    }

    [Fact]
    public async Task Who_joined_later_reads_from_the_join_on_whatever_the_bounds()
    {
        var (ann, ben, room, old, join) = await LateAsync();
        var said = (await ann.SayAsync(room)).Seq;
        foreach (var query in (string[])["", "after=0", $"after={old}", $"before={said + 1}", "after=0&limit=1", $"before={said}"])
        {
            var page = await ben.Http.SendAsync($"GET /api/rooms/{room.Id}/messages?{query}").Read<Server.Features.Messages.MessagePage>();
            page.Items.Select(x => x.Seq).ShouldBe(
                query.Contains("limit") || query == $"before={said}" ? [join] : [join, said], query);
            page.HasMore.ShouldBe(query.Contains("limit"), query);
        }

        (await ben.SeqsAsync(room, $"before={join}")).ShouldBeEmpty();
        (await ann.SeqsAsync(room)).ShouldBe([old - 1, old, join, said]);
        (await ann.SeqsAsync(room, $"before={join}")).ShouldBe([old - 1, old]);
        var mine = (await ben.Http.SendAsync("GET /api/me/rooms").Read<RoomPage>()).Items.Single(x => x.Id == room.Id);
        (mine.LastMessage!.Seq, mine.Unread).ShouldBe((said, 1));
    }

    [Fact]
    public async Task An_older_message_is_not_there_for_them()
    {
        var (ann, ben, room, old, _) = await LateAsync();
        await ann.RankAsync(room, ben);
        var none = $"/api/rooms/{room.Id}/messages/999";
        var hidden = $"/api/rooms/{room.Id}/messages/{old}";
        (string, object?)[] requests =
        [
            ("GET {0}", null), ("GET {0}/readers", null), ("GET {0}/reactions", null), ("PUT {0}/reactions/%F0%9F%91%8D", null),
            ("DELETE {0}/reactions/%F0%9F%91%8D", null), ("PUT {0}/pin", null), ("DELETE {0}/pin", null), ("PUT {0}/star", null),
            ("DELETE {0}/star", null), ("PATCH {0}", new { text = "mine" }), ("DELETE {0}", null),
        ];
        var last = (await ann.SeeAsync(room)).LastSeq;
        foreach (var (request, body) in requests)
        {
            await ben.Http.SendAsync(request.Replace("{0}", none), body).ShouldRefuse(Problem.NotFound);
            await ben.Http.SendAsync(request.Replace("{0}", hidden), body).ShouldRefuse(Problem.NotFound);
        }

        (await ann.SeeAsync(room)).LastSeq.ShouldBe(last);
        (await ben.PinsAsync(room)).ShouldBeEmpty();
        (await ann.SeePinsAsync(room)).ShouldBe([old]);
        (await ann.SeeReactionsAsync(room, old)).ShouldBe("👍 1 mine");
        await server.ShouldKeepPinsAsync();
    }

    [Fact]
    public async Task An_older_poll_is_not_there_for_them()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomWithAsync("joined");
        var poll = (await ann.PollAsync(room)).Seq;
        await ben.JoinAsync(room);
        await ben.TryVoteAsync(room, poll, 1).ShouldRefuse(Problem.NotFound);
        foreach (var request in (string[])["DELETE {0}/vote", "POST {0}/close", "GET {0}/options/1/voters"])
            await ben.Http.SendAsync(request.Replace("{0}", $"/api/rooms/{room.Id}/polls/{poll}")).ShouldRefuse(Problem.NotFound);

        await using var socket = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await socket.SubscribeAsync(room.Id);
        await ann.VoteAsync(room, poll, 1);
        (await socket.MessageAsync()).Type.ShouldBe("hidden");
        await ann.SetHistoryAsync(room, "all");
        await ben.VoteAsync(room, poll, 1);
    }

    [Fact]
    public async Task Nobody_replies_to_a_message_that_they_do_not_see()
    {
        var (ann, ben, room, old, join) = await LateAsync();
        var said = (await ann.SayAsync(room)).Seq;
        var address = $"POST /api/rooms/{room.Id}/messages";
        var hidden = await ben.Http.SendAsync(address, new { text = "re", replyTo = old }).ShouldRefuse(Problem.Invalid);
        var none = await ben.Http.SendAsync(address, new { text = "re", replyTo = 999 }).ShouldRefuse(Problem.Invalid);
        hidden.GetProperty("errors").GetRawText().ShouldBe(none.GetProperty("errors").GetRawText());
        await ben.Http.SendAsync(address, new { text = "re", replyTo = said }).ShouldBe(201);

        // What others reply to it says no more than its seq.
        await ann.Http.SendAsync(address, new { text = "as I said", replyTo = old }).ShouldBe(201);
        (await ben.HistoryAsync(room)).Count(x => x.Text.Contains(Old)).ShouldBe(0);
        (await ben.HistoryAsync(room))[0].Seq.ShouldBe(join);
        await ann.SetHistoryAsync(room, "all");
        await ben.Http.SendAsync(address, new { text = "re", replyTo = old }).ShouldBe(201);
    }

    [Fact]
    public async Task The_setting_of_the_moment_counts_whenever_a_member_joined()
    {
        var ann = await server.SignUpAsync("ann");
        var room = await ann.MakeRoomWithAsync("all");
        var ben = await server.SignUpAsync("ben");
        var old = (await ann.SayAsync(room, $"{Old} @{ben.User.Handle}")).Seq;
        await ann.PinAsync(room, old);
        await ben.JoinAsync(room);
        (await ben.SeqsAsync(room)).ShouldContain(old);
        await ben.StarAsync(room, old);
        (await ben.AllStarsAsync()).ShouldBe([$"{room.Id}-{old}"]);
        (await ben.SeePinsAsync(room)).ShouldBe([old]);
        for (var i = 0; i < 2; i++)
        {
            await ann.SetHistoryAsync(room, "joined");
            (await ben.SeqsAsync(room)).Min().ShouldBe(old + 2);
            (await ben.AllStarsAsync()).ShouldBeEmpty();
            (await ben.SeePinsAsync(room)).ShouldBeEmpty();
            (await ann.SeqsAsync(room)).Min().ShouldBe(1);
            await ann.SetHistoryAsync(room, "all");
            (await ben.SeqsAsync(room)).Min().ShouldBe(1);
            (await ben.AllStarsAsync()).ShouldBe([$"{room.Id}-{old}"]);
            (await ben.SeePinsAsync(room)).ShouldBe([old]);
        }
    }

    [Fact]
    public async Task Owner_and_admins_who_joined_later_see_no_more_until_the_room_opens_its_past()
    {
        var (ann, ben, room, old, join) = await LateAsync();
        await ann.RankAsync(room, ben, "owner");
        (await ben.SeqsAsync(room)).Min().ShouldBe(join);
        await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{old}").ShouldRefuse(Problem.NotFound);
        await ben.SetHistoryAsync(room, "all");
        (await ben.SeqsAsync(room)).Min().ShouldBe(old - 1);
        await Pinning.DeleteAsync(ben, room, old);
    }

    [Fact]
    public async Task Who_comes_again_reads_from_their_newest_join_on()
    {
        var (ann, ben, room, _, join) = await LateAsync();
        var his = (await ben.SayAsync(room, "mine")).Seq;
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        var meanwhile = (await ann.SayAsync(room)).Seq;
        await ben.JoinAsync(room);
        (await ben.SeqsAsync(room)).ShouldBe([meanwhile + 1]);
        await ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{his}", new { text = "edited" }).ShouldRefuse(Problem.NotFound);
        await ann.SetHistoryAsync(room, "all");
        (await ben.SeqsAsync(room)).ShouldContain(join);
        await ben.ReviseAsync(room, his, "edited");
    }

    [Fact]
    public async Task An_edit_of_an_older_message_mentions_nobody_who_does_not_see_it()
    {
        var (ann, ben, room, old, _) = await LateAsync();
        await using var socket = await ben.ListenAsync();
        await ann.ReviseAsync(room, old, $"{Old} @{ben.User.Handle}");
        await ann.SayAsync(room, $"@{ben.User.Handle}");
        (await socket.EventAsync("mention")).Text.ShouldNotContain(Old);
        (await ben.MentionsAsync()).Items.Select(x => x.Message.Text).ShouldBe([$"@{ben.User.Handle}"]);
    }

    /// <summary>A room of Ann's that hides its past, with an old message, pinned and with a reaction, to which Ben came later.</summary>
    private async Task<(Person Ann, Person Ben, Room Room, long Old, long Join)> LateAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomWithAsync("joined");
        await ann.SayAsync(room, Old);
        var old = (await ann.SayAsync(room, Old)).Seq;
        await ann.ReactAsync(room, old, "👍");
        await ann.PinAsync(room, old);
        await ben.JoinAsync(room);
        return (ann, ben, room, old, (await ann.SeeAsync(room)).LastSeq);
    }
}
