using System.Net.Sockets;
using Maru.Engine.Wire;
using Maru.Load.Inbound;
using Maru.Load.Measuring;

namespace Maru.Load.Clients;

// From the socket to whole frames.
internal sealed partial class Loop
{
    private void Receive(Client client, int most)
    {
        client.Tail.AsSpan(0, client.TailLength).CopyTo(_buffer);
        var read = client.Socket!.Receive(_buffer.AsSpan(client.TailLength, most), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock) return;
        if (read <= 0)
        {
            Lose(client, error == SocketError.Success ? "closed-by-server" : error.ToString());
            return;
        }

        Counters.BytesIn += read;
        var data = _buffer.AsSpan(0, client.TailLength + read);
        var taken = Process(client, data, Ticks.Now);
        if (client.Socket is not null) KeepTail(client, data[taken..]);
    }

    /// <summary>Answers how many bytes are dealt with; the connection may be lost on the way.</summary>
    private int Process(Client client, Span<byte> data, long now)
    {
        var at = 0;
        if (client.State == ClientState.Upgrading)
        {
            at = FinishUpgrade(client, data);
            if (at < 0) Lose(client, "upgrade-refused");
            if (at <= 0) return 0;
        }

        var frameStart = at;    // where a WebSocket frame began that holds one STOMP frame so far; -1 = it holds more
        while (at < data.Length)
        {
            if (client.Frames.AtBoundary)
            {
                at += TakeKnown(client, data[at..], now);
                frameStart = at;
            }

            var read = client.Frames.Read(data[at..], out var consumed, out var frame, out var payload);
            at += consumed;
            if (read == InboundEvent.NeedMore) break;
            if (read == InboundEvent.Nothing) continue;
            if (read == InboundEvent.Frame)
            {
                var alone = frameStart >= 0 && client.Frames.AtBoundary;
                OnFrame(client, frame, alone ? data[frameStart..at] : default, now);
            }
            else if (read == InboundEvent.Ping)
            {
                Queue(client, WebSocketOpcode.Pong, payload);
            }
            else
            {
                Lose(client, read == InboundEvent.Close ? CloseReason(payload) : "broken-frame");
            }

            if (client.Socket is null) return at;
            frameStart = -1;
        }

        return at;
    }

    /// <summary>The quick path: as many of the room's known frames as follow each other. Answers their bytes.</summary>
    private int TakeKnown(Client client, ReadOnlySpan<byte> input, long now)
    {
        var known = client.Room.Known;
        var (at, count) = (0, 0);
        var until = _current?.MeasureUntil ?? 0;
        while (known.Match(client.Seq.Last + 1, input[at..], out var scheduled) is > 0 and var length)
        {
            client.Seq.Advance();
            at += length;
            count++;
            if (scheduled >= client.LatencyFrom && scheduled < until) Deliveries.Record(now - scheduled);
        }

        Counters.Deliveries += count;
        if (client.IsSlow) Counters.SlowDeliveries += count;
        return at;
    }

    private static void KeepTail(Client client, ReadOnlySpan<byte> rest)
    {
        client.TailLength = rest.Length;
        if (rest.Length > client.Tail.Length) client.Tail = new byte[Math.Max(512, 2 * rest.Length)];
        rest.CopyTo(client.Tail);
    }

    private static string CloseReason(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 2) return "close";
        var code = (payload[0] << 8) | payload[1];
        return $"close-{code} {System.Text.Encoding.UTF8.GetString(payload[2..])}".TrimEnd();
    }
}
