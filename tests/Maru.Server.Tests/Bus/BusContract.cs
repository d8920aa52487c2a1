using System.Buffers.Binary;
using System.Collections.Concurrent;
using Maru.Engine;
using Maru.Engine.Bus;
using Maru.Engine.Log;

namespace Maru.Server.Tests.Bus;

/// <summary>The tests that every bus passes, whatever carries its frames.</summary>
public abstract class BusContract
{
    private static readonly BusChannel Channel = new("a", Travel.Any);
    private static readonly RoomId Room = new(7);

    /// <summary>Starts a bus that no node has joined yet.</summary>
    private protected abstract Task<BusRig> StartAsync();

    [Fact]
    public async Task Frames_of_a_node_arrive_in_order_and_once_on_each_channel()
    {
        await using var rig = await StartAsync();
        var (here, there) = (await rig.JoinAsync(), await rig.JoinAsync());
        Ears[] ears =
            [await Ears.OpenAsync(there, new BusChannel("a", Travel.Any)), await Ears.OpenAsync(there, new BusChannel("b", Travel.Sure))];
        for (var i = 0; i < 500; i++)
        {
            foreach (var ear in ears) here.Publish(ear.Channel, Frame(i));
        }

        foreach (var ear in ears) (await ear.HearAsync(500)).ShouldBe(Enumerable.Range(0, 500));
    }

    [Fact]
    public async Task Every_other_node_that_listens_hears_a_frame_and_its_own_does_not()
    {
        await using var rig = await StartAsync();
        IBus[] nodes = [await rig.JoinAsync(), await rig.JoinAsync(), await rig.JoinAsync()];
        var ears = await Task.WhenAll(nodes.Select(x => Ears.OpenAsync(x, Channel)));
        for (var i = 0; i < nodes.Length; i++) nodes[i].Publish(Channel, Frame(i));
        for (var i = 0; i < nodes.Length; i++) (await ears[i].HearAsync(2)).Order().ShouldBe(Enumerable.Range(0, 3).Except([i]));
    }

    [Fact]
    public async Task What_is_published_as_soon_as_a_channel_is_listened_to_is_heard()
    {
        await using var rig = await StartAsync();
        var (here, there) = (await rig.JoinAsync(), await rig.JoinAsync());
        for (var round = 0; round < 200; round++)
        {
            using var ears = await Ears.OpenAsync(there, new BusChannel($"a{round}", Travel.Any));
            here.Publish(ears.Channel, Frame(round));
            (await ears.HearAsync(1)).ShouldBe([round]);
        }
    }

    [Fact]
    public async Task A_channel_that_is_left_is_heard_no_more_and_again_when_it_is_listened_to_anew()
    {
        await using var rig = await StartAsync();
        var (here, there) = (await rig.JoinAsync(), await rig.JoinAsync());
        var other = await Ears.OpenAsync(there, new BusChannel("other", Travel.Any));
        for (var round = 0; round < 10; round++)
        {
            using var ears = await Ears.OpenAsync(there, Channel);
            here.Publish(Channel, Frame(round));
            await Deadline.Until(() => ears.Has(round), "the channel to be heard");
            ears.Dispose();
            // It may come when the next round listens: the other channel may travel over another server.
            here.Publish(Channel, Frame(-1 - round));
            here.Publish(other.Channel, Frame(round));
            (await other.HearAsync(1)).ShouldBe([round]);
            ears.Has(-1 - round).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task However_often_a_channel_is_left_and_listened_to_again_everything_is_heard_once()
    {
        await using var rig = await StartAsync();
        var (here, there) = (await rig.JoinAsync(), await rig.JoinAsync());
        for (var round = 0; round < 100; round++)
        {
            using var left = round % 3 > 0 ? await Ears.OpenAsync(there, Channel) : await Ears.BeginAsync(there, Channel);
        }

        using var ears = await Ears.OpenAsync(there, Channel);
        for (var i = 0; i < 50; i++) here.Publish(Channel, Frame(i));
        (await ears.HearAsync(50)).ShouldBe(Enumerable.Range(0, 50));
    }

    [Fact]
    public async Task The_largest_frame_arrives_whole_and_a_larger_or_an_empty_one_is_dropped()
    {
        await using var rig = await StartAsync();
        var (here, there) = (await rig.JoinAsync(), await rig.JoinAsync());
        var heard = new ConcurrentQueue<byte[]>();
        var listening = new TaskCompletionSource();
        using var subscription = there.Subscribe(Channel, x => heard.Enqueue(x.ToArray()), () => listening.TrySetResult());
        await listening.Task.Within("the channel");
        var largest = new byte[here.MaxFrameBytes];
        new Random(1).NextBytes(largest);
        here.Publish(Channel, new byte[here.MaxFrameBytes + 1]);
        here.Publish(Channel, default);
        here.Publish(Channel, largest);
        here.Publish(Channel, Frame(1));
        await Deadline.Until(() => heard.Count == 2, "two frames");
        heard.First().ShouldBe(largest);
    }

    [Fact]
    public async Task What_a_listener_throws_costs_its_frame_and_one_warning()
    {
        await using var rig = await StartAsync();
        var (here, there) = (await rig.JoinAsync(), await rig.JoinAsync());
        var heard = new ConcurrentQueue<int>();
        var listening = new TaskCompletionSource();
        using var subscription = there.Subscribe(
            Channel,
            frame =>
            {
                var number = Number(frame);
                heard.Enqueue(number);
                if (number < 100) throw new FormatException("no frame of ours");
            },
            () => listening.TrySetResult());
        await listening.Task.Within("the channel");
        for (var i = 0; i <= 100; i++) here.Publish(Channel, Frame(i));
        await Deadline.Until(() => heard.Count == 101, "all");
        rig.Log.Lines.Count(x => x.Contains("cannot be read", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_blocks_or_fails_while_the_bus_is_away_and_later_frames_arrive()
    {
        await using var rig = await StartAsync();
        var (here, there) = (await rig.JoinAsync(), await rig.JoinAsync());
        var ears = await Ears.OpenAsync(there, Channel);
        await rig.TakeAwayAsync();
        for (var i = 0; i < 5000; i++)
        {
            here.Publish(Channel, Frame(i));
            using var another = here.Subscribe(new BusChannel($"x:{i}", Travel.Any), static _ => { });
        }

        var later = await Ears.BeginAsync(there, new BusChannel("later", Travel.Any));
        await rig.BringBackAsync();
        await later.Listening.Within("the channel that was first listened to meanwhile");
        await Deadline.Until(
            () =>
            {
                here.Publish(Channel, Frame(9999));
                here.Publish(later.Channel, Frame(1));
                return ears.Has(9999) && later.Count > 0;
            },
            "the bus to be back");
    }

    [Fact]
    public async Task A_room_is_heard_while_it_is_of_use_and_a_little_longer()
    {
        await using var rig = await StartAsync();
        var (here, there) = (await rig.JoinAsync(), await rig.JoinAsync());
        var time = new ManualTime();
        using var rooms = new RoomEars(there, time);
        using var mouth = new RoomEars(here, time);
        for (var round = 1; round <= 3; round++)
        {
            rooms.Channels.Use(Room);
            rooms.Channels.Use(Room);
            await Deadline.Until(() => rooms.Listened == round, "the room");
            rooms.Channels.Release(Room);
            time.Advance(TimeSpan.FromSeconds(30));
            mouth.Channels.Publish(Room, [Entry(round, "used")]);
            await Deadline.Until(() => rooms.Runs.Count == round, "a run");
            rooms.Channels.Release(Room);
            time.Advance(TimeSpan.FromSeconds(10));
        }

        mouth.Channels.Publish(Room, [Entry(4, "unused")]);
        rooms.Channels.Use(new RoomId(8));
        await Deadline.Until(() => rooms.Listened == 4, "another room");
        mouth.Channels.Publish(new RoomId(8), [Entry(1, "used")]);
        await Deadline.Until(() => rooms.Runs.Count == 4, "a run of the other room");
        rooms.Runs.Select(x => x.Seq).ShouldBe([1, 2, 3, 1]);
    }

    [Fact]
    public async Task Of_a_run_that_is_too_large_only_its_end_arrives_and_signals_come_in_their_order()
    {
        await using var rig = await StartAsync();
        var (here, there) = (await rig.JoinAsync(), await rig.JoinAsync());
        using var rooms = new RoomEars(there, TimeProvider.System);
        using var mouth = new RoomEars(here, TimeProvider.System);
        rooms.Channels.Use(Room);
        await Deadline.Until(() => rooms.Listened == 1, "the room");
        mouth.Channels.Publish(Room, [Entry(5, new string('x', here.MaxFrameBytes))]);
        for (var i = 0; i < 50; i++) mouth.Channels.Publish(Room, new Signal($"s{i}", new UserId(1), [], [], true));
        await Deadline.Until(() => rooms.Signals.Count == 50, "the signals");
        rooms.Heads.ShouldBe([5]);
        rooms.Runs.ShouldBeEmpty();
        rooms.Signals.ShouldBe(Enumerable.Range(0, 50).Select(i => $"s{i}"));
    }

    [Fact]
    public async Task Read_positions_come_as_they_are_and_say_that_there_are_more()
    {
        await using var rig = await StartAsync();
        var (here, there) = (await rig.JoinAsync(), await rig.JoinAsync());
        using var rooms = new RoomEars(there, TimeProvider.System);
        using var mouth = new RoomEars(here, TimeProvider.System);
        rooms.Channels.Use(Room);
        await Deadline.Until(() => rooms.Listened == 1, "the room");
        var positions = new ReaderPositions();
        for (var user = 1; user <= ReaderPositions.Most + 1; user++)
            positions.TryAdd(new ReaderPosition(new UserId(user), Seq: 10 + user, Version: long.MaxValue - user));
        mouth.Channels.Publish(Room, positions);
        await Deadline.Until(() => !rooms.Reads.IsEmpty, "the positions");
        var heard = rooms.Reads.ShouldHaveSingleItem();
        heard.All.ShouldBe(positions.All, ignoreOrder: true);
        heard.HasMore.ShouldBeTrue();
    }

    [Fact]
    public async Task Frames_of_a_newer_node_are_passed_over_without_a_warning()
    {
        await using var rig = await StartAsync();
        var (here, there) = (await rig.JoinAsync(), await rig.JoinAsync());
        using var rooms = new RoomEars(there, TimeProvider.System);
        rooms.Channels.Use(Room);
        await Deadline.Until(() => rooms.Listened == 1, "the room");
        for (byte i = 0; i < 100; i++) here.Publish(new BusChannel("r:7", Travel.Quick), [200, i]);
        await rig.TellAsNewerAsync("r:7");
        using var mouth = new RoomEars(here, TimeProvider.System);
        mouth.Channels.Publish(Room, [Entry(1, "known")]);
        await Deadline.Until(() => rooms.Runs.Count == 1, "a run");
        rig.Log.Lines.ShouldNotContain(x => x.Contains("cannot be read", StringComparison.Ordinal));
    }

    private protected static byte[] Frame(int number)
    {
        var frame = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(frame, number);
        return frame;
    }

    private protected static int Number(ReadOnlyMemory<byte> frame) => BinaryPrimitives.ReadInt32LittleEndian(frame.Span);

    private static Entry Entry(long seq, string body) => new(Room, seq, EntryKind.MessageCreated, System.Text.Encoding.UTF8.GetBytes(body));

    /// <summary>Hears a channel of numbers.</summary>
    private protected sealed class Ears : IDisposable
    {
        private readonly ConcurrentQueue<int> _heard = new();
        private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly IDisposable _subscription;

        private Ears(IBus bus, BusChannel channel)
        {
            Channel = channel;
            _subscription = bus.Subscribe(channel, frame => _heard.Enqueue(Number(frame)), () => _listening.TrySetResult());
        }

        public BusChannel Channel { get; }

        public Task Listening => _listening.Task;

        public int Count => _heard.Count;

        public bool Has(int number) => _heard.Contains(number);

        public static async Task<Ears> OpenAsync(IBus bus, BusChannel channel)
        {
            var ears = new Ears(bus, channel);
            await ears.Listening.Within("the channel");
            return ears;
        }

        /// <summary>Does not wait until it listens.</summary>
        public static Task<Ears> BeginAsync(IBus bus, BusChannel channel) => Task.FromResult(new Ears(bus, channel));

        /// <summary>Returns that many of the next numbers, and checks that no more come.</summary>
        public async Task<int[]> HearAsync(int count)
        {
            await Deadline.Until(() => _heard.Count >= count, $"{count} frames on {Channel.Name}");
            _heard.Count.ShouldBe(count);
            int[] heard = [.. _heard];
            _heard.Clear();
            return heard;
        }

        public void Dispose() => _subscription.Dispose();
    }

    /// <summary>Hears rooms.</summary>
    private sealed class RoomEars : IDisposable
    {
        private int _listened;

        public RoomEars(IBus bus, TimeProvider time) => Channels = new RoomChannels(bus, time)
        {
            Committed = (_, run) => run.ForEach(Runs.Enqueue),
            CommittedUpTo = (_, head) => Heads.Enqueue(head),
            Signalled = (_, signal) => Signals.Enqueue(signal.Name),
            Typed = (_, _, _) => { },
            Read = (_, positions) => Reads.Enqueue(positions),
            Listening = _ => Interlocked.Increment(ref _listened),
        };

        public RoomChannels Channels { get; }

        public ConcurrentQueue<Entry> Runs { get; } = new();

        public ConcurrentQueue<long> Heads { get; } = new();

        public ConcurrentQueue<string> Signals { get; } = new();

        public ConcurrentQueue<ReaderPositions> Reads { get; } = new();

        public int Listened => Volatile.Read(ref _listened);

        public void Dispose() => Channels.Dispose();
    }
}
