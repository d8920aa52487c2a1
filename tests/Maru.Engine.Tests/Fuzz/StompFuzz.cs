using System.Text;
using Maru.Engine.Codecs;
using Maru.Engine.Protocols;
using Maru.Engine.Protocols.Stomp;
using Maru.Engine.Tests.Codecs;

namespace Maru.Engine.Tests.Fuzz;

/// <summary>
/// Generated clients: valid frames, mutated, cut and repeated at random, under WebSocket frames that may be broken too.
/// Whatever comes, nothing may throw past the session, what it holds stays within the limits, and it ends in a legal state.
/// The same seed makes the same inputs.
/// </summary>
internal sealed class StompFuzz : IDisposable
{
    private const int MaxFrameBytes = 200 + 64;
    private const int MaxPieceBytes = 700;

    private static readonly byte[][] Samples = [.. StompSamples.Whole.Concat(StompSamples.Broken).Select(x => x.Bytes)];

    private static readonly byte[][] Talk = [.. Live().Select(Encoding.UTF8.GetBytes)];

    private static readonly byte[][] Tokens = [.. Words().Select(Encoding.Latin1.GetBytes)];

    private readonly EngineRig _rig;
    private readonly Random _random;

    public StompFuzz(int seed)
    {
        _random = new Random(seed);
        _rig = new EngineRig(x =>
        {
            (x.MaxHeaders, x.MaxHeaderBytes, x.MaxBodyBytes) = (8, 200, 64);
            (x.MaxTransactions, x.TransactionBytes, x.MaxSubscriptions) = (3, 2000, 5);
            (x.OutboxBytes, x.TailMinBytes, x.TailMaxBytes) = (8 * 1024, 8 * 1024, 16 * 1024);
        });
        _rig.Log.AddRoom(1, 7);
        _rig.Log.AddRoom(2, 8);
    }

    /// <summary>The most bytes of unfinished frames that any session held.</summary>
    public int MostHeld { get; private set; }

    /// <summary>Inputs that the session took to its end, by how it ended.</summary>
    public Dictionary<string, int> Ends { get; } = [];

    public async Task RunAsync(int inputs)
    {
        for (var i = 0; i < inputs; i++) await RunOneAsync(Make());
    }

    public void Dispose() => _rig.Dispose();

    private async Task RunOneAsync(byte[] stream)
    {
        var sink = new MemorySink();
        var session = new StompSession(sink, _rig.Engine.Clients, Framing.WebSocket);
        _rig.Engine.Connections.TryOpen(session.Connection).ShouldBeTrue();
        var edge = new WebSocketFeed(session);
        try
        {
            foreach (var piece in Splits.AtRandom(stream, _random, _random.Next(1, MaxPieceBytes)))
            {
                if (!await edge.FeedAsync(piece)) break;
                MostHeld = Math.Max(MostHeld, session.HeldBytes);
                session.HeldBytes.ShouldBeLessThanOrEqualTo(2 * (MaxFrameBytes + MaxPieceBytes));
            }
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"the session threw at {Convert.ToHexString(stream)}", e);
        }

        await session.Connection.InFlight.WhenEmptyAsync().Within("the outcomes");
        await session.Connection.WhenClosedAsync().Within("the last words");

        // What it said must be a server's stream, whatever came in; ended, it said why.
        var spoken = new ServerStream();
        var isShutdown = sink.IsShutdown;
        spoken.Add(sink.Read());
        if (isShutdown) spoken.CloseCode.ShouldNotBeNull();
        var error = spoken.Frames.Find(x => x.Command == StompCommand.Error)?["message"];
        var end = error ?? (session.Connection.IsClosing ? "closed" : "open");
        Ends[end] = Ends.GetValueOrDefault(end) + 1;
        session.Closed();
        session.HeldBytes.ShouldBe(0);
    }

    private byte[] Make()
    {
        List<byte> stomp = [];
        if (_random.Next(20) > 0) stomp.AddRange(Encoding.ASCII.GetBytes($"CONNECT\naccept-version:1.{_random.Next(3)}\npasscode:7\n\n\0"));
        if (_random.Next(3) == 0) stomp.AddRange("SUBSCRIBE\nid:e\ndestination:/user/queue/errors\n\n\0"u8);
        for (var frames = _random.Next(1, 5); frames > 0; frames--) stomp.AddRange(Frame());
        if (_random.Next(40) == 0)
        {
            var noise = new byte[_random.Next(1, 400)];
            _random.NextBytes(noise);
            stomp.AddRange(noise);
        }

        var stream = Wrap([.. stomp]);
        return _random.Next(10) == 0 ? [.. Mutate(stream)] : stream;
    }

    /// <summary>Mostly what a real client says, much of it as it is: what is broken at once never gets far.</summary>
    private List<byte> Frame()
    {
        var seeds = _random.Next(4) == 0 ? Samples : Talk;
        var seed = seeds[_random.Next(seeds.Length)];
        return _random.Next(2) == 0 ? [.. seed] : Mutate(seed);
    }

    private List<byte> Mutate(byte[] bytes)
    {
        List<byte> mutated = [.. bytes];
        for (var changes = _random.Next(4); changes > 0 && mutated.Count > 0; changes--)
        {
            var at = _random.Next(mutated.Count);
            switch (_random.Next(6))
            {
                case 0:
                    mutated[at] = (byte)_random.Next(256);
                    break;
                case 1:
                    mutated[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 2:
                    mutated.RemoveRange(at, Math.Min(mutated.Count - at, _random.Next(1, 9)));
                    break;
                case 3:
                    mutated.InsertRange(at, mutated.GetRange(at, Math.Min(mutated.Count - at, _random.Next(1, 40))));
                    break;
                case 4:
                    mutated.InsertRange(at, Tokens[_random.Next(Tokens.Length)]);
                    break;
                default:
                    mutated.InsertRange(at, Enumerable.Repeat((byte)"\0\n:\\xA"[_random.Next(6)], _random.Next(1, 300)));
                    break;
            }
        }

        return mutated;
    }

    /// <summary>The stream in client's WebSocket frames of random sizes, with control frames in between.</summary>
    private byte[] Wrap(byte[] payload)
    {
        List<byte> stream = [];
        Span<byte> header = stackalloc byte[WebSocketFrames.LongestHeader];
        var pieces = Splits.AtRandom(payload, _random, _random.Next(1, 500));
        foreach (var piece in pieces)
        {
            if (_random.Next(12) == 0) stream.AddRange([0x89, 0x80, 1, 2, 3, 4]);
            var mask = (uint)_random.Next();
            var masked = piece.ToArray();
            WebSocketFrames.ApplyMask(masked, mask, 0);
            var size = WebSocketFrames.WriteMaskedHeader(header, WebSocketOpcode.Binary, piece.Length, mask);
            stream.AddRange(header[..size]);
            stream.AddRange(masked);
        }

        if (_random.Next(8) == 0) stream.AddRange([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8]);
        return [.. stream];
    }

    private static string[] Live() =>
    [
        StompClient.Say(1, "hello", "r"),
        StompClient.Say(1, "hello", "r", "client-key:k\n"),
        StompClient.Say(1, "other", "r", "client-key:k\n"),
        StompClient.Say(2, "not mine", "r"),
        "SUBSCRIBE\nid:s\ndestination:/topic/rooms/1\nreceipt:s\n\n\0",
        "SUBSCRIBE\nid:s\ndestination:/topic/rooms/1\nafter:0\n\n\0UNSUBSCRIBE\nid:s\n\n\0",
        "SUBSCRIBE\nid:x\ndestination:/topic/rooms/1/signals/x\nack:client\n\n\0"
            + "SEND\ndestination:/topic/rooms/1/signals/x\nk\\c:v\\n\n\nhi\0",
        "BEGIN\ntransaction:t\n\n\0SEND\ntransaction:t\ndestination:/app/rooms/1/messages\n\n{\"text\":\"x\"}\0"
            + "COMMIT\ntransaction:t\nreceipt:c\n\n\0",
        "BEGIN\ntransaction:t\n\n\0ABORT\ntransaction:t\n\n\0",
        "ACK\nid:1\n\n\0",
        "DISCONNECT\nreceipt:bye\n\n\0",
    ];

    private static string[] Words() =>
    [
        "content-length:2147483647\n", "content-length:64\n", "content-length:-1\n", "receipt:r\n", "transaction:t\n",
        "after:9223372036854775807\n", "after:18446744073709551616\n", "destination:/topic/rooms/9223372036854775807\n",
        "\\", "\\c", "\0", "\r\n", "\n\n", "\0\0\0", "SEND\n", "id:\n", "\u00ff\u00fe",
        "{\"text\":\"\\ud800\"}", "[[[[[[[[", "ack:client\n",
        "\u0081\u00ff\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff", "heart-beat:1,1\n", "accept-version:1.2\n",
    ];
}
