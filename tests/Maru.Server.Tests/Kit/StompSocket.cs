using System.Net.Sockets;
using System.Text.Json;

namespace Maru.Server.Tests.Kit;

/// <summary>
/// A STOMP client on a bare socket, with nothing between the test and the bytes.
/// Reads all the time into an inbox, from which a test takes what it waits for; a <see cref="Pause">paused</see> client reads nothing more.
/// </summary>
internal sealed class StompSocket : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly ServerStream _stream;
    private readonly Inbox _inbox = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly TaskCompletionSource<CloseFrame> _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Ending> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;
    private TaskCompletionSource? _paused;
    private int _bytesPerSecond;
    private int _receipts;

    private StompSocket(Socket socket, byte[] first, Action<Frame>? watch)
    {
        _socket = socket;
        _stream = new ServerStream(watch ?? _inbox.Add, frame => _ = TrySendAsync(frame));
        _reading = ReadAsync(first);
    }

    public bool IsEnded => _ended.Task.IsCompleted;

    /// <summary>Completes when the server's close frame is here; the connection may live a little longer.</summary>
    public Task<CloseFrame> Closing => _closing.Task;

    /// <summary>Completes when the connection is gone.</summary>
    public Task<Ending> Ended => _ended.Task;

    /// <summary>Opens a WebSocket, without a STOMP CONNECT.</summary>
    /// <param name="address">of the server</param>
    /// <param name="path">anything but <c>/ws</c> goes the general way in</param>
    /// <param name="subprotocol">offered</param>
    /// <param name="receiveBuffer">bytes that the kernel keeps for this client</param>
    /// <param name="first">sent in the same packet as the request</param>
    /// <param name="watch">sees each frame as it comes, instead of the inbox</param>
    public static async Task<StompSocket> OpenAsync(
        Uri address,
        string path = "/ws",
        string? subprotocol = "v12.stomp",
        int receiveBuffer = 0,
        byte[]? first = null,
        Action<Frame>? watch = null,
        string? header = null)
    {
        var (socket, head, rest) = await Upgrade.RequestAsync(
            address, [.. Upgrade.Request(address, path, subprotocol, header), .. first ?? []], receiveBuffer);
        head.ShouldStartWith("HTTP/1.1 101 ");
        return new StompSocket(socket, rest, watch);
    }

    /// <summary>Opens a WebSocket and connects by STOMP.</summary>
    public static async Task<StompSocket> ConnectAsync(
        Uri address,
        string token,
        string path = "/ws",
        string? subprotocol = "v12.stomp",
        int receiveBuffer = 0,
        Action<Frame>? watch = null,
        string heartBeat = "0,0")
    {
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Action<Frame>? see = watch is null ? null : frame =>
        {
            if (frame.Command == "CONNECTED") connected.TrySetResult();
            else watch(frame);
        };
        var client = await OpenAsync(address, path, subprotocol, receiveBuffer, null, see);
        await client.SendAsync(
            "CONNECT",
            "",
            ("accept-version", "1.0,1.1,1.2"),
            ("host", "maru"),
            ("heart-beat", heartBeat),
            ("Authorization", $"Bearer {token}"));
        if (watch is null) await client.TakeAsync(frame => frame.Command == "CONNECTED", "CONNECTED");
        else await Task.WhenAny(connected.Task, client.Ended).Within("CONNECTED");
        return client;
    }

    /// <summary>Sends bytes as they are, whole: nothing of another call comes between them.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await _sending.WaitAsync();
        try
        {
            while (!bytes.IsEmpty) bytes = bytes[await _socket.SendAsync(bytes)..];
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Sends one STOMP frame as one text message.</summary>
    public Task SendAsync(string command, string body, params (string Name, string Value)[] headers) =>
        WriteAsync(ClientFrames.Message(ClientFrames.Stomp(command, body, headers)));

    /// <summary>Sends a message without waiting for its receipt, whose id it returns.</summary>
    public async Task<string> SayAsync(long room, string text, string? key = null)
    {
        var receipt = $"r{Interlocked.Increment(ref _receipts)}";
        List<(string, string)> headers =
            [("destination", $"/app/rooms/{room}/messages"), ("content-type", "application/json"), ("receipt", receipt)];
        if (key is not null) headers.Add(("client-key", key));
        await SendAsync("SEND", JsonSerializer.Serialize(new { text }), [.. headers]);
        return receipt;
    }

    /// <summary>Returns the receipt, which came after the commit.</summary>
    public async Task<Frame> SayAndWaitAsync(long room, string text, string? key = null) =>
        await ReceiptAsync(await SayAsync(room, text, key));

    public async Task SubscribeAsync(string destination, string id, long? after = null)
    {
        List<(string, string)> headers = [("destination", destination), ("id", id), ("receipt", $"sub-{id}")];
        if (after is { } seq) headers.Add(("after", $"{seq}"));
        await SendAsync("SUBSCRIBE", "", [.. headers]);
        await ReceiptAsync($"sub-{id}");
    }

    public Task SubscribeAsync(long room, long? after = null) => SubscribeAsync($"/topic/rooms/{room}", $"room-{room}", after);

    /// <summary>
    /// Sends a frame with a receipt and waits for it: then all earlier frames for this client are here, the events of committed entries
    /// included.
    /// </summary>
    public async Task SyncAsync()
    {
        var id = $"sync{Interlocked.Increment(ref _receipts)}";
        await SendAsync("SUBSCRIBE", "", ("destination", "/user/queue/events"), ("id", id), ("receipt", id));
        await ReceiptAsync(id);
        await UnsubscribeAsync(id);
    }

    /// <summary>Ends a subscription and waits until no frame can come by it.</summary>
    public async Task UnsubscribeAsync(string id)
    {
        await SendAsync("UNSUBSCRIBE", "", ("id", id), ("receipt", $"un{id}"));
        await ReceiptAsync($"un{id}");
    }

    /// <inheritdoc cref="Inbox.TakeAsync"/>
    public Task<Frame> TakeAsync(Func<Frame, bool> wanted, string what) => _inbox.TakeAsync(wanted, what);

    public Task<Frame> ReceiptAsync(string id) =>
        TakeAsync(frame => frame.Command == "RECEIPT" && frame["receipt-id"] == id, $"the receipt {id}");

    /// <summary>Returns the next event of that type, on any subscription.</summary>
    public Task<Frame> EventAsync(string type) =>
        TakeAsync(frame => frame.Command == "MESSAGE" && frame["content-type"] == "application/json" && frame.Type == type, type);

    /// <summary>Returns the next refusal on /user/queue/errors.</summary>
    public Task<Frame> RefusalAsync() =>
        TakeAsync(frame => frame.Command == "MESSAGE" && frame["destination"] == "/user/queue/errors", "a refusal");

    public Task<Frame> ErrorAsync() => TakeAsync(frame => frame.Command == "ERROR", "ERROR");

    /// <summary>Returns the next MESSAGE.</summary>
    public Task<Frame> MessageAsync() => TakeAsync(frame => frame.Command == "MESSAGE", "MESSAGE");

    /// <inheritdoc cref="Inbox.Frames"/>
    public IReadOnlyList<Frame> Inbox() => _inbox.Frames;

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
        Interlocked.Exchange(ref _paused, null)?.SetResult();
    }

    /// <summary>Ends this side of TCP, without a close frame. What the server still sends is read.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection at once, as when a cable is pulled and the kernel notices.</summary>
    public void Cut() => _socket.Close(0);

    public async ValueTask DisposeAsync()
    {
        Resume();
        _socket.Dispose();
        await _reading;
    }

    private async Task ReadAsync(byte[] first)
    {
        var ending = new Ending(0, "", true);
        var buffer = new byte[64 * 1024];
        try
        {
            for (ReadOnlyMemory<byte> read = first; ;)
            {
                _stream.Add(read.Span);
                if (_stream.Close is { } close) _closing.TrySetResult(close);
                if (_paused is { } paused) await paused.Task;
                var rate = Volatile.Read(ref _bytesPerSecond);
                read = buffer.AsMemory(0, await _socket.ReceiveAsync(rate > 0 ? await ShareAsync(buffer, rate) : buffer));
                if (read.IsEmpty) break;
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

        if (ending.Code == 0 && _stream.Close is { } last) ending = ending with { Code = last.Code, Reason = last.Reason };
        _ended.SetResult(ending);
        _inbox.End(ending);
    }

    /// <summary>Waits a little; returns as much of the buffer as this time is worth, however long it was on a busy machine.</summary>
    private static async Task<Memory<byte>> ShareAsync(byte[] buffer, int bytesPerSecond)
    {
        var started = TimeProvider.System.GetTimestamp();
        await Task.Delay(100);
        var bytes = bytesPerSecond * TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        return buffer.AsMemory(0, (int)Math.Clamp(bytes, 1, buffer.Length));
    }

    /// <summary>
    /// The connection may be gone already; the next read tells. Never waits: whoever reads is on an event loop, which this process's
    /// servers are on, too, and these bytes may find no room before such a server reads.
    /// </summary>
    private async Task TrySendAsync(byte[] frame)
    {
        try
        {
            await WriteAsync(frame);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }
}
