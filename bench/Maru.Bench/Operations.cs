using System.Text;
using Maru.Engine;
using Maru.Engine.Bus;
using Maru.Engine.Codecs;
using Maru.Engine.Commit;
using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Protocols;
using Maru.Engine.Protocols.Stomp;
using Maru.Engine.Queues;
using Maru.Engine.Rooms;
using Microsoft.Extensions.Logging.Abstractions;

namespace Maru.Bench;

/// <summary>The measured operations, each written once: the benchmarks and the allocation gate call the same methods. One thread.</summary>
internal sealed class Operations : IDisposable, IDraftOwner
{
    public const int Subscribers = 1000;
    public const int Few = 10;
    public const int Batch = 200;

    private static readonly RoomId Room = new(1);

    private readonly ChatEngine _engine;
    private readonly byte[] _send = Encoding.UTF8.GetBytes(
        "SEND\ndestination:/app/rooms/1/messages\nclient-key:0123456789abcdef\nreceipt:17\ncontent-length:49\n\n"
        + "{\"text\":\"the quick brown fox jumps over a dog..\"}\0");
    private readonly byte[] _webSocket = new byte[14 + 256];
    private readonly int _webSocketLength;
    private readonly byte[] _profile = MessageJson.User(new UserId(7), "ada", "Ada Lovelace", null);
    private readonly StompSession _session;
    private readonly Hub _hub;
    private readonly Hub _small;
    private readonly FlushList _flush = new();
    private readonly List<Entry> _one = [];
    private readonly List<Entry> _fifty = [];
    private readonly List<Draft> _drafts = [];
    private readonly DiscardingRoomLog _log = new();
    private readonly BatchPlan _plan = new();
    private readonly Membership _membership;
    private long _seq;          // of the last entry in the hub with many
    private long _fewSeq;

    public Operations()
    {
        var options = new EngineOptions { Lanes = 1, MessagesPerSecond = 0, CommitQueueBytes = int.MaxValue, InFlightBytes = int.MaxValue };
        _engine = new ChatEngine(
            options, _log, new LocalBus(), (_, _, _) => new(new Identity(new UserId(7), 1, TimeSpan.FromHours(1), _profile)),
            (_, _) => new([]), TimeProvider.System, NullLogger<ChatEngine>.Instance);
        var memory = new MemoryBudget(long.MaxValue);
        (_hub, _small) = (new Hub(Room, _engine.Metrics, memory), new Hub(Room, _engine.Metrics, memory));
        _engine.Start();
        _session = new StompSession(new NullSink(), _engine.Clients, Framing.WebSocket);
        _engine.Connections.TryOpen(_session.Connection);
        _session.ReceiveAsync("CONNECT\naccept-version:1.2\npasscode:x\n\n\0"u8.ToArray()).AsTask().GetAwaiter().GetResult();
        _membership = _engine.Rooms.EnterAsync(Room, new UserId(7), CancellationToken.None).GetAwaiter().GetResult()!;
        for (var i = 0; i < Few + Subscribers; i++)
        {
            var subscriber = new StompSession(new NullSink(), _engine.Clients, Framing.WebSocket);
            (i < Few ? _small : _hub).Add(
                new Subscription(
                    subscriber.Connection, _membership, new WireSubscription(StompWire.Of(Framing.WebSocket, StompVersion.V12), "sub-0"),
                    null)
                { Next = 1 });
        }

        _webSocketLength = WebSocketFrames.WriteMaskedHeader(_webSocket, WebSocketOpcode.Binary, 256, 0x01020304) + 256;
        MessageBody.TryRead("{\"text\":\"the quick brown fox jumps over a dog..\"}"u8, 1000, out var body, out _);
        for (var i = 0; i < Batch; i++) _drafts.Add(new MessageDraft(_membership, _profile, body, null, default, this));
    }

    public int ParseStompFrame()
    {
        var reader = new StompReader(new StompLimits(64, 16 * 1024, 64 * 1024)) { Version = StompVersion.V12 };
        reader.Read(_send, out var consumed, out var frame);
        if (!frame.TryGetHeader("destination"u8, out var destination)) throw new InvalidOperationException("the frame was not read");
        return consumed + destination.Length;
    }

    public int UnmaskWebSocketFrame()
    {
        var reader = new WebSocketReader(expectMask: true);
        reader.Read(_webSocket.AsSpan(0, _webSocketLength), out var consumed, out _);
        return consumed;
    }

    public byte[] MessageEvent() => EventJson.Entry(EntryKind.MessageCreated, 17, new MessageFields
    {
        Room = Room,
        Seq = 17,
        Kind = EntryKind.MessageCreated,
        Sender = _profile,
        Text = "the quick brown fox jumps over a dog.."u8,
        At = 1_900_000_000_000,
    });

    /// <summary>Delivers one entry to every subscriber, flushed: <see cref="Subscribers"/> deliveries.</summary>
    public void DeliverOne() => Deliver(_hub, ref _seq, _one, 1);

    /// <summary>
    /// Delivers the same entry to <see cref="Few"/> subscribers: the difference is the cost of deliveries, without encoding.
    /// </summary>
    public void DeliverOneToFew() => Deliver(_small, ref _fewSeq, _one, 1);

    /// <summary>Delivers a run of fifty to every subscriber: 50 × <see cref="Subscribers"/> deliveries.</summary>
    public void DeliverFifty() => Deliver(_hub, ref _seq, _fifty, 50);

    /// <summary>Takes a SEND from the session's bytes to its receipt, over commit loop and lane.</summary>
    public void Send(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var taken = _session.ReceiveAsync(_send);
            if (!taken.IsCompletedSuccessfully) taken.AsTask().GetAwaiter().GetResult();
        }

        _session.Connection.InFlight.WhenEmptyAsync().GetAwaiter().GetResult();
        if (_session.Connection.IsClosing) throw new InvalidOperationException("the session refused what is measured");
    }

    /// <summary>Commits a batch of <see cref="Batch"/> drafts to a store that costs nothing.</summary>
    public void CommitBatch()
    {
        _log.Append(_plan.Arrange(_drafts));
    }

    public void Settled(Draft draft, FlushList flush)
    {
    }

    public void Dispose()
    {
        _engine.Stop();
        _engine.Dispose();
    }

    private void Deliver(Hub hub, ref long seq, List<Entry> run, int count)
    {
        run.Clear();
        for (var i = 0; i < count; i++) run.Add(new Entry(Room, ++seq, EntryKind.MessageCreated, _profile));
        hub.Deliver(run, _flush);
        _flush.Flush();
    }
}
