using System.Net.Sockets;
using Maru.Engine.Codecs;
using Maru.Load.Inbound;
using Maru.Load.Measuring;
using Maru.Load.Sockets;

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
        var now = Ticks.Now;
        Heard(client, now);
        var data = _buffer.AsSpan(0, client.TailLength + read);
        var taken = Process(client, data, now);
        if (client.Socket is not null) KeepTail(client, data[taken..]);
    }

    /// <summary>Processes what was read; returns the number of bytes that are done. The connection may be lost on the way.</summary>
    private int Process(Client client, Span<byte> data, long now)
    {
        var at = 0;
        if (client.State == ClientState.Upgrading)
        {
            at = FinishUpgrade(client, data);
            if (at < 0) Lose(client, "upgrade-refused");
            if (at <= 0) return 0;
        }

        var window = new LatencyWindow(
            Deliveries, now, client.LatencyFrom, _current?.MeasureUntil ?? 0, _current?.MeasureFrom ?? 0, ByPeriod);
        var reception = new Reception(ref client.Frames, ref client.Seq, ref client.Silence, client.Room.Known, data[at..], window);
        while (client.Socket is not null)
        {
            var read = reception.Next(out var frame, out var payload);
            if (read == InboundEvent.NeedMore) break;
            if (read == InboundEvent.Frame) OnFrame(client, frame, payload, window);
            else if (read == InboundEvent.Ping) Queue(client, WebSocketOpcode.Pong, payload);
            else if (read == InboundEvent.Close) OnClose(client, payload);
            else Lose(client, "broken-frame");
        }

        CatchUp(client, now);
        Counters.Deliveries += reception.Compared;
        Counters.Compared += reception.Compared;
        if (client.IsSlow) Counters.SlowDeliveries += reception.Compared;
        return at + reception.Taken;
    }

    private static void KeepTail(Client client, ReadOnlySpan<byte> rest)
    {
        client.TailLength = rest.Length;
        if (rest.Length > client.Tail.Length) client.Tail = new byte[Math.Max(512, 2 * rest.Length)];
        rest.CopyTo(client.Tail);
    }

    private void OnClose(Client client, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 2)
        {
            Lose(client, "close");
            return;
        }

        var code = (payload[0] << 8) | payload[1];
        client.RetryAfter = RetryAfter.InReason(payload[2..]);
        var reason = client.RetryAfter > 0 ? "" : System.Text.Encoding.UTF8.GetString(payload[2..]);
        Lose(client, $"close-{code} {reason}".TrimEnd());
    }
}
