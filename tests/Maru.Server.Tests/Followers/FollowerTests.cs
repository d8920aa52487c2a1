using Maru.Engine;
using Maru.Server.Followers;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.Extensions.DependencyInjection;

namespace Maru.Server.Tests.Followers;

/// <summary>A follower on one node.</summary>
public sealed class FollowerTests
{
    [Fact]
    public async Task Whatever_is_committed_comes_once_and_in_the_order_of_each_room()
    {
        var recorder = new Recorder();
        await using var server = await StartAsync(recorder);
        var (ann, ben) = (await server.SignUpAsync(), await server.SignUpAsync("ben"));
        var rooms = new[] { await ann.MakeRoomAsync(), await ann.MakeRoomAsync(), await ann.MakeRoomAsync() };
        foreach (var room in rooms) await ben.JoinAsync(room);
        await Task.WhenAll(rooms.Select(async room =>
        {
            for (var i = 0; i < 30; i++) await ann.SayAsync(room, $"say {i}");
        }));
        await ann.Http.SendAsync($"PATCH /api/rooms/{rooms[0].Id}/messages/5", new { text = "edited" }).ShouldBe(200);
        await recorder.TakenAsync(rooms[0].Id, 32);
        foreach (var room in rooms[1..]) await recorder.TakenAsync(room.Id, 31);
        recorder.Seqs(rooms[0].Id).ShouldBe(Enumerable.Range(1, 32).Select(x => (long)x));
        recorder.Seqs(rooms[1].Id).ShouldBe(Enumerable.Range(1, 31).Select(x => (long)x));
        recorder.Texts(rooms[1].Id).ShouldBe(Enumerable.Range(0, 30).Select(x => $"say {x}"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_new_one_begins_now_or_at_the_beginning(bool atTheBeginning)
    {
        var recorder = new Recorder(start: atTheBeginning ? FollowerStart.Beginning : FollowerStart.Now);
        var isThere = false;
        await using var server = await MaruServer.StartAsync(null, services =>
        {
            if (isThere) services.AddSingleton<LogFollower>(recorder);
        });
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        for (var i = 0; i < 10; i++) await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => ann.SayAsync(room, "before")));
        isThere = true;
        await server.RestartAsync();
        ann = await server.SignInAsync(ann.Handle);
        var later = await ann.MakeRoomAsync();
        await ann.SayAsync(later, "of a room that is new");
        await recorder.TakenAsync(later.Id, 1);
        await ann.SayAsync(room, "after");
        await recorder.TakenAsync(room.Id, 301);
        recorder.Seqs(room.Id).ShouldBe(Enumerable.Range(1, 301).Skip(atTheBeginning ? 0 : 300).Select(x => (long)x));
    }

    [Fact]
    public async Task It_goes_on_where_it_was_after_a_restart()
    {
        var recorder = new Recorder();
        await using var server = await StartAsync(recorder);
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        for (var i = 0; i < 5; i++) await ann.SayAsync(room, "before");
        await recorder.TakenAsync(room.Id, 5);
        recorder.Fault = _ => new IOException("the other end is away");
        for (var i = 0; i < 5; i++) await ann.SayAsync(room, "unhandled");
        recorder.Fault = _ => null;
        await server.RestartAsync();
        await recorder.TakenAsync(room.Id, 10);
        recorder.Seqs(room.Id).ShouldBe(Enumerable.Range(1, 10).Select(x => (long)x));
    }

    [Fact]
    public async Task What_was_handled_and_not_stored_comes_again()
    {
        var recorder = new Recorder();
        await using var server = await StartAsync(recorder);
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        for (var i = 0; i < 5; i++) await ann.SayAsync(room, "said");
        await recorder.TakenAsync(room.Id, 5);
        await Deadline.Until(async () => await PositionAsync(server, room.Id) == 5, "the position to be stored");
        // As after a crash between the work and its position.
        await server.Service<Database>().WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync("UPDATE follower_positions SET seq = 3", null, ct), Ct);
        await server.RestartAsync();
        await recorder.UntilAsync(() => recorder.Seqs(room.Id).Length == 7, "two entries again");
        recorder.Seqs(room.Id).ShouldBe([1, 2, 3, 4, 5, 4, 5]);
    }

    [Fact]
    public async Task No_position_is_stored_before_what_was_handled_is_durable()
    {
        var (tries, isFull) = (0, true);
        var recorder = new Recorder
        {
            Flush = () => Interlocked.Increment(ref tries) > 0 && Volatile.Read(ref isFull)
                ? throw new IOException("no space left")
                : Task.CompletedTask,
        };
        await using var server = await StartAsync(recorder);
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        for (var i = 0; i < 3; i++) await ann.SayAsync(room, "said");
        await recorder.TakenAsync(room.Id, 3);
        var before = Volatile.Read(ref tries);
        await Deadline.Until(() => Volatile.Read(ref tries) >= before + 2, "two tries");
        (await PositionAsync(server, room.Id)).ShouldBe(0);
        await server.RestartAsync();
        await recorder.UntilAsync(() => recorder.Seqs(room.Id).Length == 6, "all of them again");
        Volatile.Write(ref isFull, false);
        await Deadline.Until(async () => await PositionAsync(server, room.Id) == 3, "the position to be stored");
    }

    [Fact]
    public async Task A_room_that_fails_comes_again_and_does_not_hold_up_the_others()
    {
        var recorder = new Recorder();
        await using var server = await StartAsync(recorder);
        var ann = await server.SignUpAsync();
        var (bad, good) = (await ann.MakeRoomAsync(), await ann.MakeRoomAsync());
        var failures = 3;
        recorder.Fault = room => room.Value == bad.Id && Interlocked.Decrement(ref failures) >= 0 ? new IOException("no") : null;
        for (var i = 0; i < 5; i++)
        {
            await ann.SayAsync(bad);
            await ann.SayAsync(good);
        }

        await recorder.TakenAsync(good.Id, 5);
        await recorder.TakenAsync(bad.Id, 5);
        recorder.Seqs(good.Id).ShouldBe([1, 2, 3, 4, 5]);
        recorder.Seqs(bad.Id).ShouldBe([1, 2, 3, 4, 5]);
        recorder.Calls.Count(x => x == bad.Id).ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task A_room_that_never_ends_is_given_up_for_a_while_and_does_not_hold_up_the_others()
    {
        var recorder = new Recorder();
        await using var server = await StartAsync(recorder, new FollowerOptions
        {
            Timeout = TimeSpan.FromMilliseconds(200),
            FirstDelay = TimeSpan.FromMilliseconds(10),
        });
        var ann = await server.SignUpAsync();
        var (bad, good) = (await ann.MakeRoomAsync(), await ann.MakeRoomAsync());
        recorder.Before = room => room.Value == bad.Id ? Task.Delay(Timeout.Infinite, Ct) : Task.CompletedTask;
        await ann.SayAsync(bad);
        await ann.SayAsync(good);
        await recorder.TakenAsync(good.Id, 1);
        await recorder.UntilAsync(() => recorder.Calls.Count(x => x == bad.Id) >= 3, "three calls");
        recorder.Before = _ => Task.CompletedTask;
        await recorder.TakenAsync(bad.Id, 1);
    }

    [Fact]
    public async Task Followers_have_positions_of_their_own_and_one_name_each()
    {
        var (first, second) = (new Recorder("first"), new Recorder("second"));
        await using var server = await MaruServer.StartAsync(null, services =>
        {
            services.AddSingleton<LogFollower>(first);
            services.AddSingleton<LogFollower>(second);
        });
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        second.Fault = _ => new IOException("no");
        await ann.SayAsync(room);
        await first.TakenAsync(room.Id, 1);
        second.Fault = _ => null;
        await second.TakenAsync(room.Id, 1);
        first.Seqs(room.Id).ShouldBe([1]);
        await Should.ThrowAsync<InvalidOperationException>(() => MaruServer.StartAsync(null, services =>
        {
            services.AddSingleton<LogFollower>(new Recorder("same"));
            services.AddSingleton<LogFollower>(new Recorder("same"));
        }));
    }

    [Fact]
    public async Task Where_nothing_follows_nothing_is_stored()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        await ann.SayAsync(await ann.MakeRoomAsync());
        var rows = await server.Service<Database>().FirstAsync<long>(
            "SELECT (SELECT count(*) FROM followers) + (SELECT count(*) FROM follower_positions)", null, Ct);
        rows.ShouldBe(0);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task<MaruServer> StartAsync(Recorder recorder, FollowerOptions? options = null) => MaruServer.StartAsync(
        null,
        services =>
        {
            services.AddSingleton<LogFollower>(recorder);
            services.AddSingleton(options ?? new FollowerOptions { FirstDelay = TimeSpan.FromMilliseconds(20) });
        });

    private static Task<long> PositionAsync(MaruServer server, long room) =>
        server.Service<FollowerStore>().FindAsync("recorder", new RoomId(room), Ct);
}
