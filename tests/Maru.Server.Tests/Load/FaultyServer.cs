using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Maru.Engine.Codecs;

namespace Maru.Server.Tests.Load;

/// <summary>
/// The smallest server that the load generator takes for one: one room in memory, over STOMP and REST, at two nodes.
/// It breaks the promise it is told to break, at entry 20.
/// Faults that begin with "node" first take the first node: from entry 18 on it tells its members nothing, and with entry 20 it is gone.
/// </summary>
internal sealed class FaultyServer : IDisposable
{
    private const long At = 20;

    private const long Silent = At - 2;

    private readonly TcpListener[] _nodes = [new(IPAddress.Loopback, 0), new(IPAddress.Loopback, 0)];
    private readonly string _fault;
    private readonly Lock _lock = new();
    private readonly List<string> _texts = [];
    private readonly Dictionary<string, int> _keys = [];
    private readonly List<NetworkStream> _members = [];
    private readonly HashSet<NetworkStream> _onFirstNode = [];
    private byte[]? _held;
    private readonly Timer _beat;
    private int _refusals;
    private bool _hungUp;
    private long _hungUpAt;

    public FaultyServer(string fault)
    {
        _fault = fault;
        Urls = [.. _nodes.Select(node =>
        {
            node.Start();
            return new Uri($"ws://127.0.0.1:{((IPEndPoint)node.LocalEndpoint).Port}/ws");
        })];
        foreach (var node in _nodes) _ = AcceptAsync(node);
        _beat = new Timer(
            _ => Beat(), null, TimeSpan.Zero, fault == "node, stopped" ? TimeSpan.FromMilliseconds(200) : Timeout.InfiniteTimeSpan);
    }

    public IReadOnlyList<Uri> Urls { get; }

    /// <summary>From the moment at which the server hung up to the first one's return.</summary>
    public TimeSpan? StayedAway { get; private set; }

    private bool LosesNode => _fault.StartsWith("node", StringComparison.Ordinal);

    public void Dispose()
    {
        _beat.Dispose();
        foreach (var node in _nodes) node.Dispose();
    }

    private async Task AcceptAsync(TcpListener node)
    {
        try
        {
            while (true) _ = ServeAsync(node, await node.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task ServeAsync(TcpListener node, TcpClient client)
    {
        var stream = client.GetStream();
        lock (_lock)
        {
            if (node == _nodes[0]) _onFirstNode.Add(stream);
        }

        try
        {
            using (client)
            {
                while (await ReadHeadAsync(stream) is { Length: > 0 } head)
                {
                    if (head.Contains("Upgrade: websocket", StringComparison.Ordinal)) await ServeSocketAsync(stream, head);
                    else await AnswerAsync(stream, head.Split(' ')[1]);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // a client that leaves
        }

        lock (_lock) _members.Remove(stream);
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1)
            head.Append((char)one[0]);
        return head.ToString();
    }

    private async Task AnswerAsync(NetworkStream stream, string path)
    {
        object body;
        lock (_lock)
        {
            var after = int.Parse(System.Web.HttpUtility.ParseQueryString(new Uri("http://x" + path).Query)["after"] ?? "0", null);
            var page = _texts.Select((text, i) => new { seq = i + 1, text }).Skip(after).Take(30)
                .Where(item => _fault != "missing" || item.seq != At)
                .Select(item => _fault == "rewritten" && item.seq == At ? new { item.seq, text = item.text + "!" } : item).ToArray();
            body = path.Contains("messages", StringComparison.Ordinal)
                ? new { items = page, hasMore = after + 30 < _texts.Count }
                : new { lastSeq = _texts.Count };
        }

        var json = JsonSerializer.Serialize(body);
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}"));
    }

    private async Task ServeSocketAsync(NetworkStream stream, string head)
    {
        var key = head.Split("Sec-WebSocket-Key: ")[1].Split("\r\n")[0];
#pragma warning disable CA5350 // RFC 6455 prescribes SHA-1 here
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));

        var reader = new WebSocketReader(expectMask: true);
        var (buffer, filled) = (new byte[64 * 1024], 0);
        while (await stream.ReadAsync(buffer.AsMemory(filled)) is > 0 and var read)
        {
            filled += read;
            var at = 0;
            while (true)
            {
                var got = reader.Read(buffer.AsSpan(at, filled - at), out var consumed, out var payload);
                if (got == WebSocketEvent.NeedMore) break;
                at += consumed;
                if (got == WebSocketEvent.Close) return;
                var stomp = new StompReader(new StompLimits(16, 4096, 4096)) { Version = StompVersion.V12 };
                // each comes as a whole message
                if (stomp.Read(payload, out _, out var frame) == StompReadStatus.Frame) OnFrame(stream, frame);
            }

            buffer.AsSpan(at, filled - at).CopyTo(buffer);
            filled -= at;
        }
    }

    private void OnFrame(NetworkStream stream, StompFrame frame)
    {
        lock (_lock)
        {
            if (frame.Command == StompCommand.Connect)
                Write(stream, ServerBytes.Stomp($"CONNECTED\nversion:1.2\nheart-beat:{(_fault == "node, stopped" ? 200 : 0)},0\n\n"));
            if (frame.Command == StompCommand.Subscribe && Header(frame, "id"u8) == "0")
            {
                Write(stream, ServerBytes.Stomp("RECEIPT\nreceipt-id:s\n\n"));
                if (_hungUp) StayedAway ??= TimeProvider.System.GetElapsedTime(_hungUpAt);
                Resume(stream, int.Parse(Header(frame, "after"u8), null));
                _members.Add(stream);
            }

            if (frame.Command == StompCommand.Send)
                Append(stream, Header(frame, "receipt"u8), Header(frame, "client-key"u8), Encoding.ASCII.GetString(frame.Body[9..^2]));
        }
    }

    private void Resume(NetworkStream stream, int after)
    {
        var seqs = Enumerable.Range(after + 1, _texts.Count - after).ToList();
        var at = seqs.IndexOf((int)At - 1);
        if (at > 0 && _fault == "node, then loss") seqs.RemoveAt(at);
        if (at > 0 && _fault == "node, then duplicate") seqs.Insert(at, seqs[at]);
        if (at > 0 && _fault == "node, then disorder") (seqs[at - 1], seqs[at]) = (seqs[at], seqs[at - 1]);
        foreach (var seq in seqs) Write(stream, ServerBytes.Message(seq, 1, _texts[seq - 1]));
    }

    private void Append(NetworkStream sender, string receipt, string key, string text)
    {
        if (_fault is "unavailable" or "forbidden" && _texts.Count == At && _refusals++ < 3)
        {
            Write(sender, ServerBytes.Stomp(
                $"MESSAGE\nsubscription:e\ndestination:/user/queue/errors\nmessage-id:e{_refusals}\nreceipt-id:{receipt}\n\n"
                    + $"{{\"type\":\"{_fault}\"}}"));
            return;
        }

        if (_fault == "node, then doubled" && _onFirstNode.Contains(sender)) key = "first node's own " + key;
        if (!_keys.TryGetValue(key, out var seq))
        {
            _texts.Add(text);
            seq = _texts.Count;
            if (_fault != "doubled") _keys[key] = seq;
            foreach (var (i, member) in _members.Index()) Deliver(member, seq, text, faulty: seq == At && i == 2);
        }

        if (seq == At && (_fault is "hang-up" or "doubled" || LosesNode) && !_hungUp)
        {
            HangUp();
            if (!_members.Contains(sender)) return; // stored, but the receipt never comes
        }

        if (IsSilent(sender)) return;

        var named = _fault == "wrong-receipt" && seq == At ? seq - 1 : seq;
        Write(sender, ServerBytes.Stomp($"RECEIPT\nreceipt-id:{receipt}\nseq:{named}\nroom:1\n\n"));
    }

    private void Beat()
    {
        lock (_lock)
        {
            foreach (var member in _members.Where(member => !IsSilent(member)))
                Write(member, WebSocketFrames.Message(WebSocketOpcode.Text, "\n"u8));
        }
    }

    private bool IsSilent(NetworkStream member)
        => LosesNode && _texts.Count >= Silent && _onFirstNode.Contains(member);

    private void HangUp()
    {
        if (_fault == "node, stopped") return; // its connections stay open
        (_hungUp, _hungUpAt) = (true, TimeProvider.System.GetTimestamp());
        var gone = LosesNode ? _members.Where(_onFirstNode.Contains).ToArray() : [.. _members];
        if (LosesNode) _nodes[0].Stop();
        foreach (var member in gone)
        {
            if (_fault == "node, by ERROR") Write(member, ServerBytes.Stomp("ERROR\nmessage:shutting-down\nretry-after:300\n\n"));
            if (_fault == "node, by close")
                member.Write(WebSocketFrames.Message(WebSocketOpcode.Close, [0x03, 0xF4, .. "shutting-down retry-after=300"u8]));
            member.Socket.Shutdown(SocketShutdown.Send);
            _members.Remove(member);
        }
    }

    private void Deliver(NetworkStream member, int seq, string text, bool faulty)
    {
        if (IsSilent(member) || (_fault == "deaf" && seq >= At && member == _members[2])) return;
        var message = ServerBytes.Message(seq, 1, text);
        if (faulty && _fault == "loss") return;
        if (faulty && _fault == "disorder") _held = message;
        else
            Write(
                member,
                faulty && _fault == "altered" ? ServerBytes.Message(seq, 1, text.Replace("m ", "m 1", StringComparison.Ordinal)) : message);
        if (faulty && _fault == "duplicate") Write(member, message);
        if (faulty && _fault == "foreign") Write(member, ServerBytes.Message(seq, 2, text));
        if (seq != At + 1 || _held is null || member != _members[2]) return;
        Write(member, _held);
        _held = null;
    }

    private static string Header(StompFrame frame, ReadOnlySpan<byte> name) =>
        frame.TryGetHeader(name, out var value) ? Encoding.ASCII.GetString(value) : "";

    private static void Write(NetworkStream stream, byte[] frame)
    {
        try
        {
            stream.Write(ServerBytes.Web(frame));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // it left; its own loop notices
        }
    }
}
