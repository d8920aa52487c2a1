using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Scheduled;

/// <summary>Scheduled messages that cannot be sent at their time, but later.</summary>
public sealed class ScheduledWaitTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private MaruServer? _server;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private MaruServer Server => _server!;

    private Database Store => Server.Service<Database>();

    public async ValueTask InitializeAsync() => _server = await MaruServer.StartAsync(_time, null, "--Maru:Scheduled:PerUser=300");

    [Fact]
    public async Task One_that_the_store_does_not_take_holds_up_no_other_one_not_even_of_its_sender_and_is_tried_again()
    {
        var (ann, ben, room) = await TalkAsync();
        await RunAsync(TestStore.IsPostgres
            ? """
              CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''poison''; END';
              CREATE TRIGGER poison BEFORE INSERT ON messages FOR EACH ROW WHEN (NEW.text = 'poison') EXECUTE FUNCTION poison();
              """
            : "CREATE TRIGGER poison BEFORE INSERT ON messages WHEN NEW.text = 'poison' BEGIN SELECT RAISE(ABORT, 'poison'); END");
        await ben.ScheduleAsync(room, "poison", In(10));
        await ben.ScheduleAsync(room, "his", In(11));
        await ann.ScheduleAsync(room, "hers", In(12));
        await _time.PassAsync(12, async () => (await ann.TextsAsync(room)).Length == 2, "the others to be sent");
        (await ann.TextsAsync(room)).ShouldBe(["his", "hers"]);
        var left = (await ben.ScheduledAsync()).ShouldHaveSingleItem();
        (left.Text, left.Failed, left.Version).ShouldBe(("poison", null, 1));
        await RunAsync(TestStore.IsPostgres ? "DROP TRIGGER poison ON messages" : "DROP TRIGGER poison");
        await _time.PassAsync(60, async () => (await ben.ScheduledAsync()).Count == 0, "it to be tried again");
        (await ann.TextsAsync(room)).ShouldBe(["his", "hers", "poison"]);
    }

    [Fact]
    public async Task Many_that_wait_for_their_turn_together_are_sent_in_the_order_of_their_times()
    {
        const int many = 250;
        var (ann, ben, room) = await TalkAsync();
        await ann.ChangeAsync(room, new { slowMode = 30 });
        var due = In(10).ToUnixTimeMilliseconds();
        await Store.InsertAsync(
            "scheduled", ["id", "user_id", "room_id", "at", "due_at", "text", "version"],
            Enumerable.Range(1, many).Select(i => (object?[])[(long)i, ben.Id, room.Id, due - i, due - i, $"{many - i}", 1L]), Ct);
        await _time.PassAsync(10, async () => (await ann.TextsAsync(room)).Length == 1, "the first one");
        await _time.PassAsync(30, async () => (await ann.TextsAsync(room)).Length == 2, "the second one");
        (await ann.TextsAsync(room)).ShouldBe(["0", "1"]);
    }

    [Fact]
    public async Task What_waits_in_a_slow_room_goes_soon_when_the_room_is_slow_no_more()
    {
        var (ann, ben, room) = await TalkAsync();
        await ann.ChangeAsync(room, new { slowMode = 3600 });
        await ben.SayAsync(room, "now");
        await ben.ScheduleAsync(room, "later", In(10));
        await _time.PassAsync(
            10, async () => await Store.FirstAsync<long>("SELECT due_at - at FROM scheduled", null, Ct) > 0, "it to be put off");
        await ann.ChangeAsync(room, new { slowMode = 0 });
        await _time.PassAsync(60, async () => (await ben.ScheduledAsync()).Count == 0, "it to be sent");
        (await ann.TextsAsync(room)).ShouldBe(["now", "later"]);
    }

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    private DateTimeOffset In(double seconds) => _time.GetUtcNow().AddSeconds(seconds);

    private Task RunAsync(string sql) => Store.WriteAsync((transaction, ct) => transaction.ExecuteAsync(sql, null, ct), Ct);

    private async Task<(Person Ann, Person Ben, Room Room)> TalkAsync()
    {
        var (ann, ben) = (await Server.SignUpAsync("ann"), await Server.SignUpAsync("ben"));
        return (ann, ben, await ann.MakeRoomAsync(members: ben.Id));
    }
}
