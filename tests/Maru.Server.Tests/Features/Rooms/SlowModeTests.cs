using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.Storage;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Rooms;

/// <summary>Rooms in which members wait between their messages.</summary>
public sealed class SlowModeTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private MaruServer? _server;

    private MaruServer Server => _server!;

    public async ValueTask InitializeAsync() => _server = await MaruServer.StartAsync(_time, null);

    [Fact]
    public async Task A_member_waits_as_long_as_the_room_says_and_is_told_how_long()
    {
        var (_, ben, room) = await SlowAsync(10);
        await ben.SayAsync(room, "one");
        (await ben.TrySayAsync(room, "two").ShouldWaitAsync()).ShouldBe(10);
        _time.Advance(4.5);
        (await ben.TrySayAsync(room, "two").ShouldWaitAsync()).ShouldBe(6);
        _time.Advance(5.499);
        (await ben.TrySayAsync(room, "two").ShouldWaitAsync()).ShouldBe(1);
        _time.Advance(0.001);
        await ben.SayAsync(room, "two");
        (await ben.TrySayAsync(room, "three").ShouldWaitAsync()).ShouldBe(10);
        (await ben.TextsAsync(room)).ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task Of_messages_from_many_tabs_at_the_same_moment_one_gets_in_and_the_others_are_told_to_wait()
    {
        var (ann, ben, room) = await SlowAsync(30);
        var tabs = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ben.TabAsync()));
        for (var round = 0; round < 5; round++)
        {
            var head = (await ann.SeeAsync(room)).LastSeq;
            var outcomes = await Task.WhenAll(
            [
                .. tabs.Select(async tab => await tab.OutcomeAsync(await tab.SayAsync(room.Id, "tab"))),
                .. tabs.Select(async _ =>
                {
                    using var response = await ben.TrySayAsync(room, "rest");
                    if ((int)response.StatusCode == 201) return head + 1;
                    return -await Task.FromResult(response).ShouldWaitAsync();
                }),
            ]);
            outcomes.Count(x => x == head + 1).ShouldBe(1);
            outcomes.Count(x => x == -30).ShouldBe(outcomes.Length - 1);
            (await ann.SeeAsync(room)).LastSeq.ShouldBe(head + 1);
            _time.Advance(30);
        }

        foreach (var tab in tabs) await tab.DisposeAsync();
        (await ann.TextsAsync(room)).Length.ShouldBe(5);
        await Server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Owner_and_admins_do_not_wait_and_each_member_waits_for_themselves()
    {
        var (ann, ben, room) = await SlowAsync(10);
        var (cat, dan) = (await Server.SignUpAsync("cat"), await Server.SignUpAsync("dan"));
        foreach (var person in (Person[])[cat, dan]) await person.JoinAsync(room);
        await ann.SetRoleAsync(room, cat, "admin");
        for (var i = 0; i < 3; i++)
        {
            await ann.SayAsync(room);
            await cat.SayAsync(room);
        }

        await ben.SayAsync(room);
        await dan.SayAsync(room);
        foreach (var person in (Person[])[ben, dan]) await person.TrySayAsync(room).ShouldWaitAsync();

        // What they said as an admin does not count, nor where they said it.
        await ann.SetRoleAsync(room, cat, "member");
        await cat.SayAsync(room);
        await cat.TrySayAsync(room).ShouldWaitAsync();
        await ben.SayAsync(await ben.MakeRoomAsync());
        var other = await ann.MakeRoomAsync(members: ben.Id);
        await ann.ChangeAsync(other, new { slowMode = 10 });
        await ben.SayAsync(other);
    }

    [Fact]
    public async Task A_repeat_of_an_accepted_message_is_answered_as_one_and_a_refused_key_is_free()
    {
        var (ann, ben, room) = await SlowAsync(10);
        var first = await ben.TrySayAsync(room, "one", "a").Read<Message>(201);
        (await ben.TrySayAsync(room, "one", "a").Read<Message>(200)).Seq.ShouldBe(first.Seq);
        await using var tab = await ben.TabAsync();
        (await tab.OutcomeAsync(await tab.SayAsync(room.Id, "one", "a"))).ShouldBe(first.Seq);
        await ben.TrySayAsync(room, "other text", "a").ShouldRefuse(Problem.KeyReused);
        await ben.TrySayAsync(room, "two", "b").ShouldWaitAsync();
        (await tab.OutcomeAsync(await tab.SayAsync(room.Id, "two", "b"))).ShouldBe(-10);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(first.Seq);
        _time.Advance(10);
        (await ben.TrySayAsync(room, "two, at last", "b").Read<Message>(201)).Seq.ShouldBe(first.Seq + 1);
        (await ben.TrySayAsync(room, "one", "a").Read<Message>(200)).Seq.ShouldBe(first.Seq);
    }

    [Fact]
    public async Task A_transaction_with_two_messages_is_refused_whole_and_takes_no_turn()
    {
        var (ann, ben, room) = await SlowAsync(10);
        var free = await ben.MakeRoomAsync();
        await using var tab = await ben.TabAsync();
        await tab.TransactAsync("t", (room, "one"), (free, "beside"), (room, "two"));
        List<string> refused = [];
        for (var i = 0; i < 4; i++)
        {
            var refusal = await tab.RefusalAsync();
            refused.Add($"{refusal["receipt-id"]}: {refusal.Type} {refusal.Json.GetProperty("retryAfter").GetInt32()}");
        }

        refused.ShouldBe(
            ["t 0: transaction-refused 10", "t 1: transaction-refused 10", "t 2: slow-mode 10", "t: transaction-refused 10"],
            ignoreOrder: true);
        (await ann.TextsAsync(room)).ShouldBeEmpty();
        (await ben.TextsAsync(free)).ShouldBeEmpty();
        await tab.TransactAsync("u", (free, "one"), (room, "two"));
        await tab.ReceiptAsync("u");
        (await ben.TrySayAsync(room).ShouldWaitAsync()).ShouldBe(10);
        await Server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task What_is_refused_for_another_reason_and_what_is_no_message_take_no_turn()
    {
        var (_, ben, room) = await SlowAsync(10);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = "x", replyTo = 99 }).ShouldRefuse(Problem.Invalid);
        var said = await ben.SayAsync(room);
        await ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{said.Seq}", new { text = "edited" }).ShouldBe(200);
        await ben.Http.SendAsync($"PUT /api/rooms/{room.Id}/messages/{said.Seq}/reactions/👍").ShouldBe(204);
        await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{said.Seq}").ShouldBe(204);
        await ben.TrySayAsync(room).ShouldWaitAsync();
    }

    [Fact]
    public async Task Who_leaves_and_comes_back_has_not_waited_and_the_servers_restart_changes_nothing()
    {
        var (_, ben, room) = await SlowAsync(10);
        await ben.SayAsync(room);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        await ben.JoinAsync(room);
        (await ben.TrySayAsync(room).ShouldWaitAsync()).ShouldBe(10);
        await Server.RestartAsync();
        ben = await Server.SignInAsync(ben.Handle);
        (await ben.TrySayAsync(room).ShouldWaitAsync()).ShouldBe(10);
        _time.Advance(10);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        (await TurnsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_change_counts_from_the_messages_since_the_room_is_slow_and_its_end_leaves_no_rows()
    {
        var (ann, ben, room) = await SlowAsync(0);
        await ben.SayAsync(room, "before");
        await ann.ChangeAsync(room, new { slowMode = 10 });
        await ben.SayAsync(room);
        await ann.ChangeAsync(room, new { slowMode = 60 });
        (await ben.TrySayAsync(room).ShouldWaitAsync()).ShouldBe(60);
        _time.Advance(5);
        await ann.ChangeAsync(room, new { slowMode = 6 });
        (await ben.TrySayAsync(room).ShouldWaitAsync()).ShouldBe(1);
        (await TurnsAsync()).ShouldBe(1);
        await ann.ChangeAsync(room, new { slowMode = 0 });
        (await TurnsAsync()).ShouldBe(0);
        for (var i = 0; i < 3; i++) await ben.SayAsync(room);
        await ann.ChangeAsync(room, new { slowMode = 10 });
        await ben.SayAsync(room);
        (await TurnsAsync()).ShouldBe(1);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}").ShouldBe(204);
        (await TurnsAsync()).ShouldBe(0);
        await Server.ShouldBeSoundAsync();
    }

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    private Task<long> TurnsAsync() =>
        Server.Service<Database>().FirstAsync<long>("SELECT count(*) FROM slow_turns", null, TestContext.Current.CancellationToken);

    private async Task<(Person Ann, Person Ben, Room Room)> SlowAsync(int seconds)
    {
        var (ann, ben) = (await Server.SignUpAsync("ann"), await Server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        return (ann, ben, seconds == 0 ? room : await ann.ChangeAsync(room, new { slowMode = seconds }));
    }
}
