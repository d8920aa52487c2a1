using Maru.Engine;
using Maru.Engine.Bus;
using Maru.Engine.Log;
using Maru.Engine.People;

namespace Maru.Server.Features.Blocks;

/// <summary>
/// Tells every node of blocks, after the commit: for presence, typing and signals, which are not stored. What is stored needs no telling:
/// each commit and each read finds blocks in the store. Any thread.
/// <code>
/// frame = 1 user other blocks             blocks: 0 or 1
///       = 2 room by+1 changes             who may not write there
/// </code>
/// </summary>
internal sealed class BlockEvents : IDisposable
{
    private const byte Blocks = 1;
    private const byte Bars = 2;

    private static readonly BusChannel Channel = new("blocks", Travel.Sure);

    private readonly ChatEngine _engine;
    private readonly IBus _bus;
    private readonly IDisposable _subscription;

    public BlockEvents(ChatEngine engine, IBus bus)
    {
        (_engine, _bus) = (engine, bus);
        _subscription = bus.Subscribe(Channel, Hear);
    }

    /// <summary>Tells that a user blocks somebody, or no longer: all nodes, and the user's own clients.</summary>
    public void Block(UserId user, UserId other, bool blocks)
    {
        _engine.Presence.Block(user, other, blocks);
        var frame = FrameWriter.Begin(Blocks);
        frame.Number(user.Value);
        frame.Number(other.Value);
        frame.Byte(blocks ? (byte)1 : (byte)0);
        _bus.Publish(Channel, frame.Written);
        var told = new UserEvent(EventJson.BlockChanged(other, blocks), $"block:{other}") { IsRare = true };
        _engine.UserEvents.Publish(user, told);
    }

    public void Bar(RoomId room, Bar bar)
    {
        _engine.Bar(room, bar);
        var frame = FrameWriter.Begin(Bars);
        frame.Number(room.Value);
        frame.Number(bar.By + 1);       // no negative numbers in frames
        frame.Number(bar.Changes);
        _bus.Publish(Channel, frame.Written);
    }

    public void Dispose() => _subscription.Dispose();

    private void Hear(ReadOnlyMemory<byte> frame)
    {
        var reader = new FrameReader(frame.Span);
        switch (reader.Byte())
        {
            case Blocks:
                _engine.Presence.Block(new UserId(reader.Number()), new UserId(reader.Number()), reader.Byte() == 1);
                break;
            case Bars:
                _engine.Bar(new RoomId(reader.Number()), new Bar(reader.Number() - 1, reader.Number()));
                break;
        }
    }
}
