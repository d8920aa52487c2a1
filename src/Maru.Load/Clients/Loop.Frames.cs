using System.Buffers.Text;
using System.Text;
using Maru.Engine.Codecs;
using Maru.Load.Inbound;
using Maru.Load.Measuring;
using Maru.Load.Sockets;
using Maru.Load.Verification;

namespace Maru.Load.Clients;

// The meaning of frames, read the general way.
internal sealed partial class Loop
{
    /// <summary>
    /// The delay before a client repeats a SEND to a store that is away, so that clients repeat neither at once nor all at the same time.
    /// </summary>
    private const long RepeatAfter = 500 * Ticks.PerMillisecond;

    private void OnFrame(Client client, StompFrame frame, ReadOnlySpan<byte> alone, LatencyWindow window)
    {
        switch (frame.Command)
        {
            case StompCommand.Message:
                OnMessage(client, frame, alone, window);
                break;
            case StompCommand.Receipt:
                OnReceipt(client, frame, window.Now);
                break;
            case StompCommand.Connected when client.State == ClientState.Connecting:
                OnConnected(client, frame);
                break;
            case StompCommand.Error:
                OnError(client, frame);
                break;
            default:
                Lose(client, "unexpected-frame");
                break;
        }
    }

    private void OnMessage(Client client, StompFrame frame, ReadOnlySpan<byte> alone, LatencyWindow window)
    {
        frame.TryGetHeader("subscription"u8, out var subscription);
        if (subscription.SequenceEqual("e"u8))
        {
            OnRefusal(client, frame, window.Now);
            return;
        }

        if (!subscription.SequenceEqual("0"u8)
            || !frame.TryGetHeader("destination"u8, out var destination)
            || !destination.SequenceEqual(client.Room.Topic))
        {
            Counters.Foreign++;
            return;
        }

        if (!TryNumber(frame, "seq"u8, out var seq))
        {
            Counters.Ephemeral++;
            return;
        }

        Counters.Deliveries++;
        if (client.IsSlow) Counters.SlowDeliveries++;
        var found = MessageText.Find(frame.Body);
        var whole = MessageText.TryParse(found, _scenario.Payload, out var text) || found.IsEmpty;
        Judge(client, seq, text, whole, alone, window);
    }

    private void Judge(Client client, long seq, MessageText text, bool whole, ReadOnlySpan<byte> alone, LatencyWindow window)
    {
        var verdict = client.Seq.Accept(seq);
        if (verdict == SeqVerdict.Duplicate) Counters.Duplicates++;
        else if (verdict == SeqVerdict.OutOfOrder) Counters.OutOfOrder++;
        else if (verdict == SeqVerdict.Gap) Counters.Gaps++;

        if (!whole || client.Room.Known.Contradicts(seq, text)) Counters.Altered++;
        else if (!alone.IsEmpty) client.Room.Known.Keep(seq, alone, text);
        _run.RaiseHead(client.Room.Index, seq);
        if (verdict != SeqVerdict.Duplicate) window.Record(text.Scheduled, ref client.Silence);
    }

    private void OnReceipt(Client client, StompFrame frame, long now)
    {
        frame.TryGetHeader("receipt-id"u8, out var id);
        if (id.SequenceEqual("s"u8))
        {
            if (client.State == ClientState.Subscribing) BecomeReady(client);
            return;
        }

        if (!TryParse(id, out var number) || client.Pending is null || !client.Pending.TryGet((int)number, out var scheduled, out _))
            return;
        client.Pending.Answer((int)number);
        Counters.Acknowledged++;
        if (!TryNumber(frame, "seq"u8, out var seq))
        {
            Counters.AcksWithoutSeq++;
        }
        else
        {
            var rightRoom = !TryNumber(frame, "room"u8, out var room) || room == client.Room.Id;
            if (!rightRoom || !client.Room.Acks.TryRecord(seq, client.Number, (int)number)) Counters.AckConflicts++;
            if (rightRoom) _run.RaiseHead(client.Room.Index, seq);
        }

        if (_current is { } plan && scheduled >= plan.MeasureFrom && scheduled < plan.MeasureUntil)
        {
            Receipts.Record(now - scheduled);
            ByPeriod?.Acknowledged(scheduled, now - scheduled);
        }

        SendNext(client, now);
    }

    /// <summary>Takes a refusal of a SEND, from /user/queue/errors.</summary>
    private void OnRefusal(Client client, StompFrame frame, long now)
    {
        var slug = Slug(frame.Body);
        CountError(slug);
        if (!TryNumber(frame, "receipt-id"u8, out var number)
            || client.Pending is null
            || !client.Pending.TryGet((int)number, out _, out _))
            return;
        if (slug == "unavailable" && _scenario.ClientKeys)
        {
            Counters.Unavailable++;
            if (client.WillRepeat) return;
            client.WillRepeat = true;
            _timers.Enqueue((client, LoopTimer.Repeat), now + RepeatAfter + _random.NextInt64(RepeatAfter));
            return;
        }

        Counters.Refused++;
        client.Pending.Answer((int)number);
        SendNext(client, now);
    }

    private void OnError(Client client, StompFrame frame)
    {
        frame.TryGetHeader("message"u8, out var message);
        var slug = Encoding.UTF8.GetString(message);
        if (!client.WasReady)
        {
            var refused = client.State == ClientState.Connecting ? "CONNECT" : "SUBSCRIBE";
            _failure ??= $"The server refused client {client.Number} ({refused}): {slug}. {Encoding.UTF8.GetString(frame.Body)} "
                + "The files of tokens and rooms must come from this server's own 'maru seed'; tokens are valid for 24 h.";
        }

        if (TryNumber(frame, "retry-after"u8, out var wait)) client.RetryAfter = RetryAfter.Bounded(wait);
        Lose(client, slug);
    }

    private static string Slug(ReadOnlySpan<byte> problem)
    {
        var at = problem.IndexOf("\"type\":\""u8);
        if (at < 0) return "refused";
        var rest = problem[(at + 8)..];
        var end = rest.IndexOf((byte)'"');
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    private static bool TryNumber(StompFrame frame, ReadOnlySpan<byte> header, out long value)
    {
        value = 0;
        return frame.TryGetHeader(header, out var raw) && TryParse(raw, out value);
    }

    private static bool TryParse(ReadOnlySpan<byte> raw, out long value) =>
        Utf8Parser.TryParse(raw, out value, out var used) && used == raw.Length;
}
