using Maru.Server.Features.Rooms;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.ReadState;

/// <summary>What is unread, as people hear it.</summary>
public sealed class UnreadEventTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Unread_counts_come_first_as_they_are_and_then_as_they_change()
    {
        var (ann, ben, room) = await PairAsync();
        var first = await ann.SayAsync(room);
        var second = await ann.SayAsync(room);
        await using var tab = await ben.ListenAsync();
        (await tab.UnreadAsync(room, 2)).GetProperty("lastSeq").GetInt64().ShouldBe(second.Seq);
        var third = await ann.SayAsync(room);
        await tab.UnreadAsync(room, 3);
        await ben.SayAsync(room);
        await ann.SayAsync(room);
        await tab.UnreadAsync(room, 4);
        await ben.ReadAsync(room, first.Seq);
        await tab.UnreadAsync(room, 3);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{third.Seq}").ShouldBe(204);
        await tab.UnreadAsync(room, 2);
        await ben.UnreadAsync(room, 0);
        await tab.UnreadAsync(room, 3);
        await ben.Http.SendAsync("PUT /api/me/read").ShouldBe(204);
        await tab.UnreadAsync(room, 0);
    }

    [Fact]
    public async Task Reading_over_STOMP_is_durable_with_its_receipt_and_heard_in_every_tab()
    {
        var (ann, ben, room) = await PairAsync();
        var said = await ann.SayAsync(room);
        await using var here = await ben.ListenAsync();
        await using var there = await ben.ListenAsync();
        await here.UnreadAsync(room, 1);
        await there.UnreadAsync(room, 1);
        await here.SendAsync("SEND", $$"""{"seq":{{said.Seq}}}""", ("destination", $"/app/rooms/{room.Id}/read"), ("receipt", "read"));
        await here.ReceiptAsync("read");
        (await ben.StateAsync(room)).ReadSeq.ShouldBe(said.Seq);
        await here.UnreadAsync(room, 0);
        await there.UnreadAsync(room, 0);
    }

    [Fact]
    public async Task A_read_that_is_refused_says_why()
    {
        var (_, ben, room) = await PairAsync();
        var eve = await server.SignUpAsync("eve");
        await using var socket = await StompSocket.ConnectAsync(server.Address, eve.AccessToken);
        await socket.SubscribeAsync("/user/queue/errors", "errors");
        (string Destination, string Body, string Problem)[] bad =
        [
            ($"/app/rooms/{room.Id}/read", """{"seq":1}""", "not-found"),
            ($"/app/rooms/{room.Id}/read", """{"seq":-1}""", "invalid"),
            ($"/app/rooms/{room.Id}/read", "{}", "invalid"),
            ($"/app/rooms/{room.Id}/read", "no", "malformed"),
        ];
        foreach (var (destination, body, problem) in bad)
        {
            await socket.SendAsync("SEND", body, ("destination", destination), ("receipt", "r"));
            (await socket.RefusalAsync()).Json.GetProperty("type").GetString().ShouldBe(problem);
        }

        (await ben.StateAsync(room)).ReadSeq.ShouldBe(0);
    }

    [Fact]
    public async Task Who_joins_hears_of_what_comes_then_and_who_left_hears_nothing_more()
    {
        var (ann, ben, room) = await PairAsync();
        var other = await ann.MakeRoomAsync();
        await using var tab = await ben.ListenAsync();
        await ben.JoinAsync(other);
        await tab.HearAsync("room.added", other.Id);
        await ann.SayAsync(other);
        await tab.UnreadAsync(other, 1);
        await ben.Http.SendAsync($"POST /api/rooms/{other.Id}/leave").ShouldBe(204);
        await ann.SayAsync(other);
        await ann.SayAsync(room);
        var heard = await tab.UnreadAsync(room, 1);
        heard.GetProperty("roomId").GetInt64().ShouldBe(room.Id);
        await ben.JoinAsync(other);
        await ann.SayAsync(other);
        await tab.UnreadAsync(other, 1);
    }

    [Fact]
    public async Task Many_messages_of_one_moment_are_few_events_of_which_the_last_is_right()
    {
        var (ann, ben, room) = await PairAsync();
        await using var tab = await ben.ListenAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        for (var i = 0; i < 200; i++) await socket.SayAsync(room.Id, $"{i}");
        var events = 0;
        while ((await tab.EventAsync("unread")).Json.GetProperty("unread").GetInt64() < 200) events++;
        events.ShouldBeLessThan(50);
        await server.ShouldBalanceAsync(room);
    }

    private async Task<(Person Ann, Person Ben, Room Room)> PairAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        return (ann, ben, await ann.MakeRoomAsync(members: ben.Id));
    }
}
