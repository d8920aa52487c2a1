using Maru.Engine.Bus;

namespace Maru.Engine.Discover;

/// <summary>
/// Takes the marks of rooms to the other nodes, some at a time. Any thread.
/// <code>
/// frame = 1 { room unlisted }       to the end; room 0: some are left out
/// </code>
/// </summary>
internal sealed class PublicRoomChannel : IDisposable
{
    private const byte Marks = 1;
    private const int BytesPerMark = 11;

    private static readonly BusChannel Channel = new("rooms", Travel.Any);

    private readonly IBus _bus;
    private readonly Action<PublicRoomMark> _receive;
    private readonly Action _missed;
    private readonly IDisposable _ears;
    private readonly PublicRoomMarks _marks = new();    // its own lock

    /// <param name="bus">the bus</param>
    /// <param name="receive">gets the marks of other nodes</param>
    /// <param name="missed">called when such marks may have been missed</param>
    public PublicRoomChannel(IBus bus, Action<PublicRoomMark> receive, Action missed)
    {
        (_bus, _receive, _missed) = (bus, receive, missed);
        _ears = bus.Subscribe(Channel, Hear, missed);
    }

    public void Add(in PublicRoomMark mark)
    {
        lock (_marks) _marks.Add(mark);
    }

    /// <summary>Tells the other nodes of the marks that were added since the last call.</summary>
    public void Tell()
    {
        List<PublicRoomMark> marks;
        lock (_marks)
        {
            if (_marks.IsEmpty) return;
            marks = _marks.Take(int.MaxValue);
            if (_marks.TakeIsOver()) marks.Add(default);
        }

        if (!_bus.Carries(Channel)) return;
        foreach (var some in marks.Chunk(Math.Max(1, _bus.MaxFrameBytes / BytesPerMark)))
        {
            var frame = FrameWriter.Begin(Marks);
            foreach (var mark in some)
            {
                frame.Number(mark.Room.Value);
                frame.Byte(mark.IsUnlisted ? (byte)1 : (byte)0);
            }

            _bus.Publish(Channel, frame.Written);
        }
    }

    public void Dispose() => _ears.Dispose();

    private void Hear(ReadOnlyMemory<byte> frame)
    {
        var reader = new FrameReader(frame.Span);
        if (reader.Byte() != Marks) return;
        while (!reader.IsAtEnd)
        {
            var mark = new PublicRoomMark(new RoomId(reader.Number()), reader.Byte() == 1);
            if (mark.Room == default) _missed();
            else _receive(mark);
        }
    }
}
