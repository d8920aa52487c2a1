using Maru.Server.Tests.Features.Pins;
using Maru.Server.Tests.Features.Reactions;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Rooms;

/// <summary>The log of a room that hides its past from those who came later: live, on resume, from memory and the store.</summary>
public sealed class PastEventTests(MaruServer server) : IClassFixture<MaruServer>
{
    private const string Old = "from before";

    private static readonly string[] Changes = ["message.edited", "reaction.changed", "pin.changed", "message.deleted"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_resume_begins_with_the_join_and_tells_nothing_of_older_messages(bool isLoaded)
    {
        var (ann, ben, room, join) = await LateAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SubscribeAsync(room.Id);
        await ChangeOldAsync(ann, room);
        var last = (await ann.SayAsync(room)).Seq;
        if (!isLoaded) await socket.DisposeAsync();     // the node forgets the room, and reads the store
        string[] seen = ["member.joined", "hidden", "hidden", "hidden", "hidden", "message.created"];
        foreach (var after in (long[])[0, 1, join - 1])
        {
            var entries = await ben.ResumeAsync(room, last, after);
            entries.ShouldTellNothing(join, Old);
            entries.Types().ShouldBe(seen);
            entries[1].Text.ShouldBe($$"""{"type":"hidden","roomId":{{room.Id}},"seq":{{join + 1}}}""");

            using var stream = await EventStream.OpenAsync(server, $"/api/rooms/{room.Id}/events?after={after}", ben.AccessToken);
            foreach (var entry in entries)
            {
                var (id, type, json) = await stream.NextAsync();
                (id, type, json.GetRawText()).ShouldBe((entry.Seq, entry.Type, entry.Text));
            }
        }

        (await ben.ResumeAsync(room, last, join + 2)).Types().ShouldBe(seen[3..]);
        var whole = await ann.ResumeAsync(room, last);
        whole.Select(x => x.Seq).ShouldBe(Enumerable.Range(1, (int)last).Select(x => (long)x));
        whole.Types().TakeLast(5).ShouldBe([.. Changes, "message.created"]);
    }

    [Fact]
    public async Task Live_each_member_hears_of_older_messages_what_they_may_however_many_share_a_subscription()
    {
        var (ann, ben, room, join) = await LateAsync();
        var second = (await ann.SayAsync(room, Old)).Seq;
        var (eve, eva) = (await server.SignUpAsync("eve"), await server.SignUpAsync("eva"));
        await eve.JoinAsync(room);
        await eva.JoinAsync(room);
        Person[] people = [ann, ben, eve, eva];
        var sockets = await Task.WhenAll(people.Select(x => StompSocket.ConnectAsync(server.Address, x.AccessToken)));
        foreach (var socket in sockets) await socket.SubscribeAsync(room.Id);
        await ChangeOldAsync(ann, room);
        await ann.ReviseAsync(room, second, $"{Old}, edited");
        await ann.ReactAsync(room, second, "👍");
        var last = (await ann.SayAsync(room)).Seq;
        string[][] seen =
        [
            [.. Changes, "message.edited", "reaction.changed", "message.created"],
            ["hidden", "hidden", "hidden", "hidden", "message.edited", "reaction.changed", "message.created"],
            ["hidden", "hidden", "hidden", "hidden", "hidden", "hidden", "message.created"],
            ["hidden", "hidden", "hidden", "hidden", "hidden", "hidden", "message.created"],
        ];
        for (var i = 0; i < people.Length; i++)
        {
            var live = await sockets[i].EntriesAsync(last);
            live.Types().ShouldBe(seen[i]);
            if (i > 1) live.ShouldTellNothing(last - 6, Old);

            // The same comes back on a resume.
            var again = await people[i].ResumeAsync(room, last, last - 7);
            again.Types().ShouldBe(seen[i]);
            again.Select(x => x.Seq).ShouldBe(live.Select(x => x.Seq));
            await sockets[i].DisposeAsync();
        }

        join.ShouldBeLessThan(second);
    }

    [Fact]
    public async Task A_changed_setting_counts_for_open_subscriptions_at_once()
    {
        var ann = await server.SignUpAsync("ann");
        var room = await ann.MakeRoomWithAsync("all");
        var old = (await ann.SayAsync(room, Old)).Seq;
        var ben = await server.SignUpAsync("ben");
        await ben.JoinAsync(room);
        await using var socket = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await socket.SubscribeAsync(room.Id);
        using var stream = await EventStream.OpenAsync(server, $"/api/rooms/{room.Id}/events", ben.AccessToken);
        var begun = (await ann.SayAsync(room)).Seq;
        (await stream.NextAsync()).Id.ShouldBe(begun);     // what follows is live
        (await socket.MessageAsync()).Seq.ShouldBe(begun);
        await ann.ReviseAsync(room, old, $"{Old}, once");
        await ann.SetHistoryAsync(room, "joined");
        await ann.ReviseAsync(room, old, $"{Old}, twice");
        await ann.SetHistoryAsync(room, "all");
        await ann.ReviseAsync(room, old, $"{Old}, again");
        string[] seen = ["message.edited", "room.changed", "hidden", "room.changed", "message.edited"];
        foreach (var type in seen)
        {
            (await socket.MessageAsync()).Type.ShouldBe(type);
            (await stream.NextAsync()).Type.ShouldBe(type);
        }
    }

    [Fact]
    public async Task A_resume_under_way_ends_with_the_past_when_the_past_is_hidden()
    {
        const int messages = 500;
        var ann = await server.SignUpAsync("ann");
        var room = await ann.MakeRoomWithAsync("all");
        await using (var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken))
        {
            var text = Old + new string('x', 16_000);
            for (var i = 0; i < messages - 1; i++) await socket.SayAsync(room.Id, text);
            await socket.SayAndWaitAsync(room.Id, text);
        }

        var ben = await server.SignUpAsync("ben");
        await ben.JoinAsync(room);
        await using var slow = await StompSocket.ConnectAsync(server.Address, ben.AccessToken, receiveBuffer: 16 * 1024);
        await slow.SubscribeAsync(room.Id, after: 0);
        await slow.TakeAsync(frame => frame.Command == "MESSAGE" && frame.Seq == 1, "the beginning");
        slow.Pause();
        await ann.SetHistoryAsync(room, "joined");
        var last = (await ann.SayAsync(room, "and now")).Seq;
        slow.Resume();
        var entries = await slow.EntriesAsync(last);
        var seqs = entries.Select(x => x.Seq).ToList();
        seqs.ShouldBe(seqs.Order().Distinct());
        seqs.Where(x => x > messages).ShouldBe([messages + 1, messages + 2, messages + 3]);
        entries.Count.ShouldBeLessThan(messages, "what was not on its way yet is not sent");
    }

    private static async Task ChangeOldAsync(Person ann, Room room)
    {
        await ann.ReviseAsync(room, 1, $"{Old}, edited");
        await ann.ReactAsync(room, 1, "🎉");
        await ann.PinAsync(room, 1);
        await ann.DeleteAsync(room, 1);
    }

    /// <summary>A room of Ann's that hides its past, with an old message, to which Ben came later.</summary>
    private async Task<(Person Ann, Person Ben, Room Room, long Join)> LateAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomWithAsync("joined");
        await ann.SayAsync(room, Old);
        await ann.SayAsync(room, Old);
        await ben.JoinAsync(room);
        return (ann, ben, room, (await ann.SeeAsync(room)).LastSeq);
    }
}
