using System.Text.Json;
using Maru.Engine;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Mentions;

/// <summary>Mentions as people hear them.</summary>
public sealed class MentionEventTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Who_is_mentioned_hears_the_message_and_counts_it_and_nobody_else_does()
    {
        var (ann, ben, cat, room) = await ThreeAsync();
        await using var tab = await ben.ListenAsync();
        using var stream = await EventStream.OpenAsync(server, "/api/events", ben.AccessToken);
        await Deadline.Until(
            () => server.Service<ChatEngine>().Connections.TryGet(new UserId(ben.Id), out var his)
                && his.Connections.Count(x => x is { WantsEvents: true, AwaitsSnapshot: false }) == 2,
            "both of his to listen");
        await using var other = await cat.ListenAsync();
        await using var own = await ann.ListenAsync();
        var said = await ann.SayAsync(room, $"hello @{ben.Handle}, @{ann.Handle}");
        var heard = await tab.EventAsync("mention");
        Names(heard.Json).ShouldBe("type roomId seq message");
        (heard.Json.GetProperty("roomId").GetInt64(), heard.Json.GetProperty("seq").GetInt64()).ShouldBe((room.Id, said.Seq));
        var message = heard.Json.GetProperty("message");
        message.GetProperty("text").GetString().ShouldBe(said.Text);
        message.MentionsOf().ShouldBe(said.Mentions.Told());
        Names(message).ShouldNotContain("unreadBy");
        await tab.UnreadAsync(room, 1, mentions: 1);
        await other.UnreadAsync(room, 1, mentions: 0);
        (await NextMentionAsync(stream)).GetRawText().ShouldBe(heard.Text);

        // What comes behind shows that nothing came before.
        var next = await ann.SayAsync(room, $"@{cat.Handle}");
        SeqOf(await other.EventAsync("mention")).ShouldBe(next.Seq);
        await cat.SayAsync(room, $"@{ann.Handle}");
        SeqOf(await own.EventAsync("mention")).ShouldBe(next.Seq + 1);
    }

    [Fact]
    public async Task All_who_listen_hear_that_all_are_mentioned_but_who_said_it()
    {
        var (ann, ben, cat, room) = await ThreeAsync();
        await using var own = await ann.ListenAsync();
        await using var tab = await ben.ListenAsync();
        await using var second = await ben.ListenAsync();
        await using var other = await cat.ListenAsync();
        var said = await ann.SayAsync(room, $"@all, @{ben.Handle}");
        foreach (var socket in (StompSocket[])[tab, second, other])
        {
            SeqOf(await socket.EventAsync("mention")).ShouldBe(said.Seq);
            await socket.UnreadAsync(room, 1, mentions: 1);
        }

        await ben.SayAsync(room, "@all by somebody without the right");
        await ben.SayAsync(room, $"@{ann.Handle}");
        SeqOf(await own.EventAsync("mention")).ShouldBe(said.Seq + 2);
        await other.UnreadAsync(room, 3, mentions: 1);
    }

    [Fact]
    public async Task An_edit_tells_those_whom_it_adds_and_a_deletion_takes_the_count_back()
    {
        var (ann, ben, cat, room) = await ThreeAsync();
        await using var tab = await ben.ListenAsync();
        await using var other = await cat.ListenAsync();
        var said = await ann.SayAsync(room, $"@{ben.Handle}");
        SeqOf(await tab.EventAsync("mention")).ShouldBe(said.Seq);
        await ann.EditAsync(room, said.Seq, $"@{ben.Handle}, and @{cat.Handle}");
        var heard = await other.EventAsync("mention");
        SeqOf(heard).ShouldBe(said.Seq);
        heard.Json.GetProperty("message").GetProperty("text").GetString().ShouldBe($"@{ben.Handle}, and @{cat.Handle}");
        await other.UnreadAsync(room, 1, mentions: 1);
        await ann.EditAsync(room, said.Seq, $"@{cat.Handle}");
        await tab.UnreadAsync(room, 1, mentions: 0);
        await ann.DeleteAsync(room, said.Seq);
        await other.UnreadAsync(room, 0, mentions: 0);

        // Ben was told once.
        var next = await ann.SayAsync(room, $"@{ben.Handle}");
        SeqOf(await tab.EventAsync("mention")).ShouldBe(next.Seq);
    }

    [Fact]
    public async Task An_edit_that_mentions_all_tells_only_those_whom_it_did_not_mention_before()
    {
        var (ann, ben, cat, room) = await ThreeAsync();
        await using var tab = await ben.ListenAsync();
        await using var other = await cat.ListenAsync();
        var said = await ann.SayAsync(room, $"@{ben.Handle}");
        SeqOf(await tab.EventAsync("mention")).ShouldBe(said.Seq);
        await ann.EditAsync(room, said.Seq, "@all");
        SeqOf(await other.EventAsync("mention")).ShouldBe(said.Seq);
        await ann.EditAsync(room, said.Seq, $"@{ben.Handle} @{cat.Handle}");
        (await ben.CountMentionsAsync(room)).ShouldBe(1);
        await server.ShouldBalanceAsync(room);

        // Both were told once.
        var next = await ann.SayAsync(room, "@all");
        SeqOf(await tab.EventAsync("mention")).ShouldBe(next.Seq);
        SeqOf(await other.EventAsync("mention")).ShouldBe(next.Seq);
        await tab.UnreadAsync(room, 2, mentions: 2);

        // Others are told, whoever was told by name.
        var late = await ann.SayAsync(room, $"@{cat.Handle}");
        await other.DisposeAsync();
        await ann.EditAsync(room, late.Seq, "@all, this is for everybody");
        SeqOf(await tab.EventAsync("mention")).ShouldBe(late.Seq);
        await tab.UnreadAsync(room, 3, mentions: 3);
        (await cat.CountMentionsAsync(room)).ShouldBe(3);
        await server.ShouldBalanceAsync(room);
    }

    [Fact]
    public async Task Who_joins_hears_of_mentions_from_then_on()
    {
        var (ann, ben, _, room) = await ThreeAsync();
        var eve = await server.SignUpAsync("eve");
        await using var tab = await eve.ListenAsync();
        var said = await ann.SayAsync(room, "@all");
        await eve.JoinAsync(room);
        await ann.EditAsync(room, said.Seq, $"@{eve.Handle}, this was before you came");
        var next = await ann.SayAsync(room, $"@{eve.Handle}");
        SeqOf(await tab.EventAsync("mention")).ShouldBe(next.Seq);
        await tab.UnreadAsync(room, 1, mentions: 1);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{eve.Id}").ShouldBe(204);
        await ann.SayAsync(room, "@all");
        await eve.JoinAsync(room);
        next = await ann.SayAsync(room, "@all");
        SeqOf(await tab.EventAsync("mention")).ShouldBe(next.Seq);
        await tab.UnreadAsync(room, 1, mentions: 1);
        await server.ShouldBalanceAsync(room);
    }

    [Fact]
    public async Task The_snapshot_has_the_mentions_that_are_unread()
    {
        var (ann, ben, _, room) = await ThreeAsync();
        await ann.SayAsync(room, "hello");
        var said = await ann.SayAsync(room, $"@{ben.Handle}");
        await using var tab = await ben.ListenAsync();
        var first = await tab.HearAsync("unread", room.Id);
        Names(first).ShouldBe("type roomId unread mentions lastSeq");
        (first.GetProperty("unread").GetInt64(), first.GetProperty("mentions").GetInt64()).ShouldBe((2, 1));
        await ben.ReadAsync(room, said.Seq);
        await tab.UnreadAsync(room, 0, mentions: 0);
    }

    [Fact]
    public async Task Many_mentions_of_one_moment_are_told_each_once_and_in_order()
    {
        var (ann, ben, _, room) = await ThreeAsync();
        await using var tab = await ben.ListenAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        for (var i = 0; i < 100; i++) await socket.SayAsync(room.Id, i % 2 == 0 ? $"@{ben.Handle} {i}" : "@all");
        for (var seq = 1; seq <= 100; seq++) SeqOf(await tab.EventAsync("mention")).ShouldBe(seq);
        await tab.UnreadAsync(room, 100, mentions: 100);
        await server.ShouldBalanceAsync(room);
    }

    private static long SeqOf(Frame frame) => frame.Json.GetProperty("seq").GetInt64();

    private static string Names(JsonElement json) => string.Join(' ', json.EnumerateObject().Select(x => x.Name));

    private static async Task<JsonElement> NextMentionAsync(EventStream stream)
    {
        while (true)
        {
            if (await stream.NextAsync() is { Type: "mention", Json: var json }) return json;
        }
    }

    private async Task<(Person Ann, Person Ben, Person Cat, Room Room)> ThreeAsync()
    {
        var (ann, ben, cat) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        return (ann, ben, cat, await ann.MakeRoomAsync(members: [ben.Id, cat.Id]));
    }
}
