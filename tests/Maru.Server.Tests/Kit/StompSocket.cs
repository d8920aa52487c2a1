using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Maru.Server.Tests.Kit;

/// <summary>How a connection came to its end: the WebSocket's close code (0: none came), its reason, and whether TCP ended in order (not by a reset).</summary>
internal sealed record Ending(int Code, string Reason, bool InOrder);

/// <summary>
/// A STOMP client on a bare socket, with nothing between the test and the bytes. Reads all the time into an inbox, from which a test takes what it waits for; a client
/// that is <see cref="Pause">paused</see> takes nothing more off its socket.
/// </summary>
internal sealed class StompSocket : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly Lock _gate = new();
    private readonly List<Frame> _inbox = [];
    private readonly Task _reading;
    private readonly TaskCompletionSource<Ending> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _paused;
    private int _bytesPerSecond;
    private byte[] _held;
    private byte[] _message = [];
    private bool _binary;
    private int _heartBeats;
    private int _receipts;

    private StompSocket(Socket socket, string head, byte[] rest, Action<Frame>? watch)
    {
        (_socket, Head, _held, Watch) = (socket, head, rest, watch);
        _reading = ReadAsync();
    }

    /// <summary>The server's answer to the upgrade.</summary>
    public string Head { get; }

    /// <summary>Sees each frame as it comes, instead of the inbox.</summary>
    public Action<Frame>? Watch { get; }

    public int HeartBeats => Volatile.Read(ref _heartBeats);

    public bool IsEnded => _ended.Task.IsCompleted;

    /// <summary>Completes when the connection is gone.</summary>
    public Task<Ending> Ended => _ended.Task;

    /// <summary>WebSocket is spoken, STOMP not yet.</summary>
    /// <param name="address">of the server</param>
    /// <param name="path">anything but <c>/ws</c> goes the general way in</param>
    /// <param name="subprotocol">offered</param>
    /// <param name="receiveBuffer">bytes that the kernel keeps for this client</param>
    /// <param name="first">sent in the same packet as the request</param>
    /// <param name="watch">see <see cref="Watch"/></param>
    public static async Task<StompSocket> OpenAsync(
        Uri address, string path = "/ws", string? subprotocol = "v12.stomp", int receiveBuffer = 0, byte[]? first = null, Action<Frame>? watch = null)
    {
        var request = new StringBuilder().Append($"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
            .Append("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        if (subprotocol is not null) request.Append($"Sec-WebSocket-Protocol: {subprotocol}\r\n");
        var (socket, head, rest) = await RequestAsync(address, [.. Encoding.ASCII.GetBytes(request.Append("\r\n").ToString()), .. first ?? []], receiveBuffer);
        head.ShouldStartWith("HTTP/1.1 101 ");
        return new StompSocket(socket, head, rest, watch);
    }

    /// <summary>CONNECTED came.</summary>
    public static async Task<StompSocket> ConnectAsync(
        Uri address, string token, string path = "/ws", string? subprotocol = "v12.stomp", int receiveBuffer = 0, Action<Frame>? watch = null, string heartBeat = "0,0")
    {
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Action<Frame>? see = watch is null ? null : frame =>
        {
            if (frame.Command == "CONNECTED") connected.TrySetResult();
            else watch(frame);
        };
        var client = await OpenAsync(address, path, subprotocol, receiveBuffer, null, see);
        await client.SendAsync("CONNECT", "", ("accept-version", "1.0,1.1,1.2"), ("host", "maru"), ("heart-beat", heartBeat), ("Authorization", $"Bearer {token}"));
        if (watch is null) await client.TakeAsync(frame => frame.Command == "CONNECTED", "CONNECTED");
        else await Task.WhenAny(connected.Task, client.Ended).Within("CONNECTED");
        return client;
    }

    /// <summary>Sends bytes on a new connection and reads the head of the answer.</summary>
    public static async Task<(Socket Socket, string Head, byte[] Left)> RequestAsync(Uri address, byte[] request, int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0) socket.ReceiveBufferSize = receiveBuffer;   // before connecting: it decides the window
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port), TestContext.Current.CancellationToken);
        await socket.SendAsync(request);
        List<byte> answer = [];
        var buffer = new byte[1024];
        while (true)
        {
            var end = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(answer).IndexOf("\r\n\r\n"u8);
            if (end >= 0) return (socket, Encoding.ASCII.GetString([.. answer[..end]]), [.. answer[(end + 4)..]]);
            var count = await socket.ReceiveAsync(buffer).Within("the answer to the upgrade");
            if (count == 0) return (socket, Encoding.ASCII.GetString([.. answer]), []);
            answer.AddRange(buffer[..count]);
        }
    }

    /// <summary>Bytes as they are.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await _socket.SendAsync(bytes)..];
    }

    /// <summary>One STOMP frame as one text message.</summary>
    public Task SendAsync(string command, string body, params (string Name, string Value)[] headers) =>
        WriteAsync(ClientFrames.Message(ClientFrames.Stomp(command, body, headers)));

    /// <summary>A message; does not wait for its receipt, whose id it answers.</summary>
    public async Task<string> SayAsync(long room, string text, string? key = null)
    {
        var receipt = $"r{Interlocked.Increment(ref _receipts)}";
        List<(string, string)> headers = [("destination", $"/app/rooms/{room}/messages"), ("content-type", "application/json"), ("receipt", receipt)];
        if (key is not null) headers.Add(("client-key", key));
        await SendAsync("SEND", JsonSerializer.Serialize(new { text }), [.. headers]);
        return receipt;
    }

    /// <summary>Answers the receipt, which came after the commit.</summary>
    public async Task<Frame> SayAndWaitAsync(long room, string text, string? key = null) => await ReceiptAsync(await SayAsync(room, text, key));

    public async Task SubscribeAsync(string destination, string id, long? after = null)
    {
        List<(string, string)> headers = [("destination", destination), ("id", id), ("receipt", $"sub-{id}")];
        if (after is { } seq) headers.Add(("after", $"{seq}"));
        await SendAsync("SUBSCRIBE", "", [.. headers]);
        await ReceiptAsync($"sub-{id}");
    }

    public Task SubscribeAsync(long room, long? after = null) => SubscribeAsync($"/topic/rooms/{room}", $"room-{room}", after);

    public Task<Frame> ReceiptAsync(string id) => TakeAsync(frame => frame.Command == "RECEIPT" && frame["receipt-id"] == id, $"the receipt {id}");

    /// <summary>The next event of that type, on whatever subscription.</summary>
    public Task<Frame> EventAsync(string type) => TakeAsync(frame => frame.Command == "MESSAGE" && frame["content-type"] == "application/json" && frame.Type == type, type);

    /// <summary>The next refusal on /user/queue/errors.</summary>
    public Task<Frame> RefusalAsync() => TakeAsync(frame => frame.Command == "MESSAGE" && frame["destination"] == "/user/queue/errors", "a refusal");

    public Task<Frame> ErrorAsync() => TakeAsync(frame => frame.Command == "ERROR", "ERROR");

    /// <summary>The next MESSAGE.</summary>
    public Task<Frame> MessageAsync() => TakeAsync(frame => frame.Command == "MESSAGE", "MESSAGE");

    /// <summary>Takes the first frame that fits out of the inbox; what came before it stays.</summary>
    public async Task<Frame> TakeAsync(Func<Frame, bool> wanted, string what)
    {
        while (true)
        {
            Task arrived;
            lock (_gate)
            {
                var at = _inbox.FindIndex(frame => wanted(frame));
                if (at >= 0)
                {
                    var frame = _inbox[at];
                    _inbox.RemoveAt(at);
                    return frame;
                }

                if (_ended.Task.IsCompleted) throw new InvalidOperationException($"the connection ended ({_ended.Task.Result}) before {what} came; it left: {string.Join("\n", _inbox)}");
                arrived = _arrived.Task;
            }

            await arrived.Within(what);
        }
    }

    /// <summary>What came and was not taken.</summary>
    public IReadOnlyList<Frame> Inbox()
    {
        lock (_gate) return [.. _inbox];
    }

    /// <summary>After the answer to this, everything that the server had for this client before is here: subscriptions' events included that were committed before.</summary>
    public async Task SyncAsync()
    {
        var id = $"sync{Interlocked.Increment(ref _receipts)}";
        await SendAsync("SUBSCRIBE", "", ("destination", "/user/queue/events"), ("id", id), ("receipt", id));
        await ReceiptAsync(id);
        await SendAsync("UNSUBSCRIBE", "", ("id", id), ("receipt", $"un{id}"));
        await ReceiptAsync($"un{id}");
    }

    public void Pause() => _paused ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Reads no faster than that, until it is resumed.</summary>
    public void Throttle(int bytesPerSecond)
    {
        Resume();
        Volatile.Write(ref _bytesPerSecond, bytesPerSecond);
    }

    public void Resume()
    {
        Volatile.Write(ref _bytesPerSecond, 0);
        var paused = _paused;
        _paused = null;
        paused?.SetResult();
    }

    /// <summary>Gone at once, as when a cable is pulled and the kernel notices.</summary>
    public void Cut() => _socket.Close(0);

    public async ValueTask DisposeAsync()
    {
        Resume();
        _socket.Dispose();
        await _reading;
    }

    private async Task ReadAsync()
    {
        var ending = new Ending(0, "", true);
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                if (TakeMessages() is { } close) ending = close;
                if (_paused is { } paused) await paused.Task;
                var rate = Volatile.Read(ref _bytesPerSecond);
                if (rate > 0) await Task.Delay(100);
                var count = await _socket.ReceiveAsync(rate > 0 ? buffer.AsMemory(0, rate / 10) : buffer);
                if (count == 0) break;
                _held = [.. _held, .. buffer.AsSpan(0, count)];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            ending = ending with { InOrder = false };
        }
        catch (Exception e)
        {
            ending = new Ending(-1, e.ToString(), false);   // the server wrote what no client can read
        }

        lock (_gate)
        {
            _ended.TrySetResult(ending);
            _arrived.TrySetResult();
        }
    }

    /// <summary>Takes whole WebSocket frames off what is held, and STOMP frames off those; answers the close frame's words, if one came.</summary>
    private Ending? TakeMessages()
    {
        Ending? ending = null;
        ReadOnlySpan<byte> rest = _held;
        while (rest.Length >= 2)
        {
            var (header, length) = (rest[1] & 0x7F) switch
            {
                126 when rest.Length >= 4 => (4, BinaryPrimitives.ReadUInt16BigEndian(rest[2..])),
                127 when rest.Length >= 10 => (10, (int)BinaryPrimitives.ReadUInt64BigEndian(rest[2..])),
                var small => (2, small),
            };
            if ((rest[1] & 0x7F) >= 126 && header == 2) break;
            if (rest.Length < header + length) break;
            var (opcode, final) = (rest[0] & 0x0F, (rest[0] & 0x80) != 0);
            var payload = rest.Slice(header, length);
            (rest[1] & 0x80).ShouldBe(0, "a server does not mask");
            rest = rest[(header + length)..];
            if (opcode == 8) ending = new Ending(length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : 1005, Encoding.UTF8.GetString(payload[Math.Min(2, length)..]), true);
            else if (opcode == 9) TrySend(ClientFrames.Pong(payload));
            else if (opcode < 3) TakeFrames(opcode, final, payload);
            if (opcode == 8) TrySend(ClientFrames.Close());
        }

        _held = rest.ToArray();
        return ending;
    }

    /// <summary>It may be gone already; the next read tells.</summary>
    private void TrySend(byte[] frame)
    {
        try
        {
            _socket.Send(frame);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private void TakeFrames(int opcode, bool final, ReadOnlySpan<byte> payload)
    {
        if (opcode != 0) _binary = opcode == 2;
        _message = [.. _message, .. payload];
        if (!final) return;
        ReadOnlySpan<byte> bytes = _message;
        var beats = _heartBeats;
        while (Frame.TryTake(ref bytes, _binary, ref beats) is { } frame)
        {
            if (Watch is not null)
            {
                Watch(frame);
                continue;
            }

            lock (_gate)
            {
                _inbox.Add(frame);
                _arrived.TrySetResult();
                _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        Volatile.Write(ref _heartBeats, beats);
        _message = bytes.ToArray();
    }
}
