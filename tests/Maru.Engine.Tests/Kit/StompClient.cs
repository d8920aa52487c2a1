using System.Text;
using Maru.Engine.Codecs;
using Maru.Engine.Protocols;
using Maru.Engine.Protocols.Stomp;

namespace Maru.Engine.Tests.Kit;

/// <summary>The other end of a session: STOMP bytes in, WebSocket bytes out, read back frame by frame. One test, one caller.</summary>
internal sealed class StompClient
{
    private readonly EngineRig _rig;
    private readonly ServerStream _stream = new();

    public StompClient(EngineRig rig, MemorySink sink)
    {
        (_rig, Sink) = (rig, sink);
        Session = new StompSession(sink, rig.Engine.Clients, Framing.WebSocket);
        rig.Engine.Connections.TryOpen(Session.Connection).ShouldBeTrue();
    }

    public MemorySink Sink { get; }

    public StompSession Session { get; }

    /// <summary>All frames so far.</summary>
    public List<ReceivedFrame> Frames
    {
        get
        {
            _stream.Add(Sink.Read());
            return _stream.Frames;
        }
    }

    public IEnumerable<ReceivedFrame> Messages => Frames.Where(x => x.Command == StompCommand.Message);

    /// <summary>Seqs of the room events on one subscription, in the order they came.</summary>
    public long[] Seqs(string subscription = "s") =>
        [.. Messages.Where(x => x["subscription"] == subscription && x["seq"] is not null).Select(x => x.Seq)];

    public int HeartBeats
    {
        get
        {
            _ = Frames;
            return _stream.HeartBeats;
        }
    }

    public int Pings
    {
        get
        {
            _ = Frames;
            return _stream.Pings;
        }
    }

    /// <summary>The close frame's code, once it came.</summary>
    public int? CloseCode
    {
        get
        {
            _ = Frames;
            return _stream.CloseCode;
        }
    }

    public Task SendAsync(string frames) => SendAsync(Encoding.UTF8.GetBytes(frames));

    public Task SendAsync(ReadOnlyMemory<byte> bytes) => Session.ReceiveAsync(bytes).AsTask().Within("the session to take the bytes");

    public async Task ConnectAsync(string token, string version = "1.2", string more = "")
    {
        await SendAsync($"CONNECT\naccept-version:{version}\nhost:maru\npasscode:{token}\n{more}\n\0");
        await FrameAsync(x => x.Command == StompCommand.Connected, "CONNECTED");
    }

    /// <summary>Subscribes and waits for the RECEIPT: from then on nothing is missed.</summary>
    public async Task SubscribeAsync(string destination, string id = "s", long? after = null)
    {
        var bound = after is null ? "" : $"after:{after}\n";
        await SendAsync($"SUBSCRIBE\nid:{id}\ndestination:{destination}\nreceipt:sub-{id}\n{bound}\n\0");
        await ReceiptAsync($"sub-{id}");
    }

    public Task SubscribeRoomAsync(long room, string id = "s", long? after = null) => SubscribeAsync($"/topic/rooms/{room}", id, after);

    public Task ListenForRefusalsAsync() => SubscribeAsync("/user/queue/errors", "errors");

    /// <summary>Sends a message and waits until it is acknowledged.</summary>
    public async Task<ReceivedFrame> SayAsync(long room, string text, string receipt, string more = "")
    {
        await SendAsync(Say(room, text, receipt, more));
        return await ReceiptAsync(receipt);
    }

    public static string Say(long room, string text, string? receipt = null, string more = "") =>
        $"SEND\ndestination:/app/rooms/{room}/messages\n{(receipt is null ? "" : $"receipt:{receipt}\n")}{more}\n{{\"text\":\"{text}\"}}\0";

    public Task<ReceivedFrame> ReceiptAsync(string receipt) =>
        FrameAsync(x => x.Command == StompCommand.Receipt && x["receipt-id"] == receipt, $"RECEIPT {receipt}");

    /// <summary>Returns the next refusal on the errors queue with that receipt.</summary>
    public Task<ReceivedFrame> RefusalAsync(string receipt) =>
        FrameAsync(
            x => x.Command == StompCommand.Message && x["destination"] == "/user/queue/errors" && x["receipt-id"] == receipt,
            $"refusal of {receipt}");

    public async Task<ReceivedFrame> FrameAsync(Func<ReceivedFrame, bool> wanted, string what)
    {
        await UntilAsync(() => Frames.Exists(x => wanted(x)), what);
        return Frames.First(wanted);
    }

    /// <summary>ERROR came, then the close frame, and the server ended its side.</summary>
    public async Task<ReceivedFrame> ErrorAsync(string slug)
    {
        await UntilAsync(() => Frames.Exists(x => x.Command == StompCommand.Error) && Sink.IsEnded, $"ERROR {slug} and the end");
        var error = Frames[^1];
        error.Command.ShouldBe(StompCommand.Error);
        error["message"].ShouldBe(slug);
        Encoding.UTF8.GetString(error.Body).ShouldContain($"\"type\":\"{slug}\"");
        CloseCode.ShouldNotBeNull();
        return error;
    }

    public Task SeqsAsync(long last, string subscription = "s") =>
        UntilAsync(() => Seqs(subscription) is [.., var seq] && seq >= last, $"seq {last} on {subscription}");

    /// <summary>Looks at each change of the stream until the condition holds.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        while (true)
        {
            var changed = Sink.Changed;
            if (condition()) return;
            try
            {
                await changed.Within(what);
            }
            catch (TimeoutException e)
            {
                var seen = string.Join("\n", Frames.TakeLast(8));
                throw new TimeoutException($"{e.Message}; the last frames were:\n{seen}\n{string.Join("\n", _rig.TakeErrors())}");
            }
        }
    }
}
