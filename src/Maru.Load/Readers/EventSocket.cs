using System.Net.Sockets;
using System.Text;
using Maru.Engine.Codecs;
using Maru.Load.Clients;
using Maru.Load.Inbound;
using Maru.Load.Sockets;

namespace Maru.Load.Readers;

/// <summary>Connections that only listen, as cheap as they can be: thousands of them share the thread pool.</summary>
internal static class EventSocket
{
    /// <summary>Longer than the server lets a stream be silent.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(31);

    /// <summary>Reads a stream of Server-Sent Events until it ends; returns why.</summary>
    /// <param name="node">the server</param>
    /// <param name="path">what is asked for</param>
    /// <param name="token">whose stream it is</param>
    /// <param name="lastEventId">where it goes on; -1 = nowhere</param>
    /// <param name="reader">takes it</param>
    /// <param name="ct">ends it</param>
    public static async Task<string> ReadAsync(
        Node node, string path, string token, long lastEventId, SseReader reader, CancellationToken ct)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var socket = await ConnectAsync(node, silence);
        var resume = lastEventId < 0 ? "" : $"Last-Event-ID: {lastEventId}\r\n";
        var request = $"GET {path} HTTP/1.1\r\nHost: {node.HostHeader}\r\nAccept: text/event-stream\r\n"
            + $"Authorization: Bearer {token}\r\n{resume}\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), silence.Token);
        var buffer = new byte[1024];
        while (true)
        {
            silence.CancelAfter(LongestSilence);
            var read = await socket.ReceiveAsync(buffer, silence.Token);
            if (read == 0 || !reader.Read(buffer.AsSpan(0, read))) return reader.Problem ?? "stream-ended";
        }
    }

    /// <summary>Subscribes a STOMP client to the person's own events, and reads until it ends; returns why.</summary>
    /// <param name="node">the server</param>
    /// <param name="token">whose events they are</param>
    /// <param name="opened">the snapshot has come</param>
    /// <param name="on">gets each event's JSON</param>
    /// <param name="ct">ends it</param>
    public static async Task<string> ReadAsync(Node node, string token, Action opened, StompEvent on, CancellationToken ct)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var socket = await ConnectAsync(node, silence);
        var session = new StompTab(socket, token, opened, on);
        await socket.SendAsync(Upgrade.Request(node.HostHeader, node.Path), silence.Token);
        var (buffer, filled) = (new byte[2048], 0);
        while (session.Ended is null)
        {
            silence.CancelAfter(LongestSilence);
            if (filled == buffer.Length) Array.Resize(ref buffer, 2 * buffer.Length);
            var read = await socket.ReceiveAsync(buffer.AsMemory(filled), silence.Token);
            if (read == 0) return "closed-by-server";
            filled += read;
            var taken = session.Take(buffer.AsSpan(0, filled));
            buffer.AsSpan(taken, filled - taken).CopyTo(buffer);
            filled -= taken;
        }

        return session.Ended;
    }

    private static async Task<Socket> ConnectAsync(Node node, CancellationTokenSource silence)
    {
        var socket = new Socket(node.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            silence.CancelAfter(TimeSpan.FromSeconds(10));
            await socket.ConnectAsync(node.Address, silence.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>Takes an event's JSON, valid during the call.</summary>
internal delegate void StompEvent(ReadOnlySpan<byte> json);

/// <summary>The client's side of a STOMP connection that listens to the person's own events. One caller.</summary>
internal sealed class StompTab(Socket socket, string token, Action opened, StompEvent on)
{
    private ServerFrames _frames = new();
    private Outgoing _out;
    private bool _isUpgraded;

    /// <summary>Why it is over; null: it is not.</summary>
    public string? Ended { get; private set; }

    /// <summary>Takes what was received; returns how much of it is done.</summary>
    public int Take(Span<byte> input)
    {
        var at = 0;
        if (!_isUpgraded)
        {
            at = Upgrade.Read(input, out var status);
            if (at < 0) Ended = status;
            if (at <= 0) return 0;
            _isUpgraded = true;
            Send($"CONNECT\naccept-version:1.2\nhost:localhost\nheart-beat:0,10000\nAuthorization:Bearer {token}\n\n\0");
        }

        while (Ended is null)
        {
            var read = _frames.Read(input[at..], out var consumed, out var frame, out var payload);
            at += consumed;
            if (read == InboundEvent.NeedMore) break;
            if (read == InboundEvent.Frame) OnFrame(frame);
            else if (read == InboundEvent.Close) Ended = "closed-by-server";
            else if (read == InboundEvent.Broken) Ended = "broken-frame";
            else if (read == InboundEvent.Ping) Send(WebSocketOpcode.Pong, payload);
        }

        return at;
    }

    private void OnFrame(StompFrame frame)
    {
        switch (frame.Command)
        {
            case StompCommand.Connected:
                _frames.Version = StompVersion.V12;
                Send("SUBSCRIBE\nid:u\nreceipt:u\ndestination:/user/queue/events\n\n\0");
                break;
            case StompCommand.Receipt:
                opened();
                break;
            case StompCommand.Message:
                on(frame.Body);
                break;
            case StompCommand.Error:
                Ended = frame.TryGetHeader("message"u8, out var slug) ? Encoding.UTF8.GetString(slug) : "error";
                break;
        }
    }

    private void Send(string frame) => Send(WebSocketOpcode.Text, Encoding.ASCII.GetBytes(frame));

    private void Send(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        _out.AppendMessage(opcode, payload, (uint)Random.Shared.Next(1, int.MaxValue));
        if (_out.Flush(socket) < 0) Ended = "connection-lost";
    }
}
