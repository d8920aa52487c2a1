using System.Globalization;
using Maru.Engine.Bus;
using Maru.Engine.Log;
using Maru.Engine.Queues;

namespace Maru.Engine.People;

/// <summary>
/// Takes the marks of rooms to the other nodes. Rooms share some hundred channels, and a node listens to those of the rooms that it
/// follows. Marks wait a moment for each other. Bounded in bytes; full means that a mark stays on this node, and the others find the gap.
/// Any thread.
/// <code>
/// frame = 1 { room from seq messages odd count { sender seq } count { user sender seq } count { left } }      to the end; user 0: all
/// </code>
/// </summary>
internal sealed class MarkChannels : IDisposable
{
    private const byte Marks = 1;
    private const int Shares = 512;
    private const int BytesPerMark = 96;
    private const int BytesPerOwn = 24;
    private const int BytesPerMention = 32;
    private const int BytesPerLeft = 10;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);
    private static readonly BusChannel[] Channels =
        [.. Enumerable.Range(0, Shares).Select(x => new BusChannel(string.Create(CultureInfo.InvariantCulture, $"h:{x}"), Travel.Quick))];

    private readonly IBus _bus;
    private readonly Action<RoomMark> _receive;
    private readonly ChannelUses<int> _uses;
    private readonly ByteBudget _waiting;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private Dictionary<int, List<RoomMark>> _pending = [];     // by share, under the gate

    /// <param name="bus">the bus</param>
    /// <param name="maxBytes">of marks that wait</param>
    /// <param name="receive">gets the marks of other nodes</param>
    /// <param name="listening">called when marks of these rooms may have been missed</param>
    /// <param name="time">the clock</param>
    public MarkChannels(IBus bus, long maxBytes, Action<RoomMark> receive, Action<Predicate<RoomId>> listening, TimeProvider time)
    {
        (_bus, _receive, _waiting) = (bus, receive, new ByteBudget(maxBytes));
        _uses = new ChannelUses<int>(share => bus.Subscribe(Channels[share], Hear, () => listening(room => ShareOf(room) == share)), time);
        _timer = time.CreateTimer(_ => TellAll(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Returns whether a mark of the room would reach other nodes now.</summary>
    public bool Carries(RoomId room) => _bus.Carries(Channels[ShareOf(room)]);

    /// <summary>Begins to follow a room.</summary>
    public void Use(RoomId room) => _uses.Use(ShareOf(room));

    public void Release(RoomId room) => _uses.Release(ShareOf(room));

    public void Tell(RoomMark mark)
    {
        if (!_waiting.TryTake(BytesOf(mark))) return;
        lock (_gate)
        {
            if (_pending.Count == 0) _timer.Change(Moment, Timeout.InfiniteTimeSpan);
            var share = ShareOf(mark.Room);
            if (!_pending.TryGetValue(share, out var marks)) _pending.Add(share, marks = []);
            marks.Add(mark);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _uses.Dispose();
    }

    private static int ShareOf(RoomId room) => (int)((ulong)room.Value % Shares);

    private static int BytesOf(RoomMark mark) =>
        BytesPerMark + (BytesPerOwn * mark.Own.Count) + (BytesPerMention * (mark.Mentions?.Count ?? 0))
        + (BytesPerLeft * (mark.Left?.Count ?? 0));

    private void TellAll()
    {
        Dictionary<int, List<RoomMark>> pending;
        lock (_gate) (pending, _pending) = (_pending, []);
        foreach (var (share, marks) in pending)
        {
            Tell(Channels[share], marks);
            _waiting.Return(marks.Sum(BytesOf));
        }
    }

    private void Tell(BusChannel channel, List<RoomMark> marks)
    {
        var frame = FrameWriter.Begin(Marks);
        foreach (var mark in marks)
        {
            if (frame.Written.Length > 1 && frame.Written.Length + BytesOf(mark) > _bus.MaxFrameBytes)
            {
                _bus.Publish(channel, frame.Written);
                frame = FrameWriter.Begin(Marks);
            }

            frame.Number(mark.Room.Value);
            frame.Number(mark.From);
            frame.Number(mark.Head.Seq);
            frame.Number(mark.Head.Messages);
            frame.Byte(mark.IsOdd ? (byte)1 : (byte)0);
            frame.Number(mark.Own.Count);
            foreach (var (sender, seq) in mark.Own)
            {
                frame.Number(sender.Value);
                frame.Number(seq);
            }

            frame.Number(mark.Mentions?.Count ?? 0);
            foreach (var (user, sender, seq) in mark.Mentions ?? [])
            {
                frame.Number(user.Value);
                frame.Number(sender.Value);
                frame.Number(seq);
            }

            frame.Number(mark.Left?.Count ?? 0);
            foreach (var user in mark.Left ?? []) frame.Number(user.Value);
        }

        if (frame.Written.Length > 1) _bus.Publish(channel, frame.Written);
    }

    private void Hear(ReadOnlyMemory<byte> frame)
    {
        var reader = new FrameReader(frame.Span);
        if (reader.Byte() != Marks) return;
        while (!reader.IsAtEnd)
        {
            var (room, from, seq, messages) = (new RoomId(reader.Number()), reader.Number(), reader.Number(), reader.Number());
            var isOdd = reader.Byte() != 0;
            List<(UserId, long)> own = [];
            for (var left = reader.Count(); left > 0; left--) own.Add((new UserId(reader.Number()), reader.Number()));
            List<MentionMark>? mentions = null;
            for (var left = reader.Count(); left > 0; left--)
                (mentions ??= []).Add(new MentionMark(new UserId(reader.Number()), new UserId(reader.Number()), reader.Number()));
            List<UserId>? gone = null;
            for (var left = reader.Count(); left > 0; left--) (gone ??= []).Add(new UserId(reader.Number()));
            _receive(new RoomMark(room, from, new RoomHead(seq, messages), own, isOdd) { Mentions = mentions, Left = gone });
        }
    }
}
