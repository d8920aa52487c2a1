using Maru.Engine.Codecs;
using Maru.Load.Measuring;
using Maru.Load.Sockets;
using Maru.Load.Verification;

namespace Maru.Load.Clients;

// Sends the messages that become due, and repeats those that must be.
internal sealed partial class Loop
{
    private void Begin(SendingPlan plan)
    {
        ByPeriod = plan.Periods is { } periods ? new PeriodLatencies(periods) : null;
        _current = plan;
        var apart = plan.NanosecondsApart > 0 && _senders.Count > 0 ? plan.NanosecondsApart : 0;
        _schedule = apart > 0 ? new Schedule(plan.Start, plan.MeasureUntil, apart, plan.Offset) : new Schedule(long.MaxValue, 0, 1, 0);
        foreach (var client in _clients)
        {
            if (client.State == ClientState.Ready) SetLatencyFrom(client);
            if (client.IsFlighty) ScheduleDrop(client);
            WatchSlow(client);
            for (var i = 0; i < _scenario.Window && client.Pending is not null; i++) AddDue(client, Ticks.Now);
        }
    }

    private void SendDue(long now)
    {
        if (_current is null) return;
        while (_schedule.TryTake(now, out var scheduled, out var turn)) AddDue(_senders[(int)(turn % _senders.Count)], scheduled);
    }

    /// <summary>Sends a closed loop's next message after one was acknowledged.</summary>
    private void SendNext(Client client, long now)
    {
        if (_scenario.Window > 0 && !_draining && _current is { } plan && now < plan.MeasureUntil) AddDue(client, now);
    }

    private void AddDue(Client client, long scheduled)
    {
        Counters.Due++;
        if (!client.Pending!.TryAdd(scheduled, out _))
        {
            Counters.Skipped++;
            return;
        }

        WritePending(client);
    }

    /// <summary>
    /// Writes the pending messages that are not written on this connection yet, as far as there is room: new messages and, after a
    /// reconnect, the unacknowledged ones again.
    /// </summary>
    private void WritePending(Client client)
    {
        if (client.Pending is not { } pending || client.State != ClientState.Ready) return;
        for (; client.NextToWrite < pending.Next && !client.Out.IsFull; client.NextToWrite++)
        {
            var number = client.NextToWrite;
            if (!pending.TryGet(number, out var scheduled, out var written)) continue;
            if (written && !_scenario.ClientKeys)
            {
                Counters.GivenUp++; // without a key it is unknown whether it was stored
                pending.Answer(number);
                continue;
            }

            if (written) Counters.Retries++;
            else Counters.Sent++;
            pending.SetWritten(number);
            WriteSend(client, number, scheduled);
        }
    }

    // SEND, destination, content-type, receipt, client-key, content-length, body {"text":"..."}
    private void WriteSend(Client client, int number, long scheduled)
    {
        var writer = new StompWriter(_scratch, StompVersion.V12);
        writer.Raw(client.Room.SendHead);
        writer.Number(number);
        if (_scenario.ClientKeys)
        {
            writer.Raw(_run.KeyHeader);
            writer.Number(client.Number);
            writer.Raw("-"u8);
            writer.Number(number);
        }

        var length = _scenario.Payload + 11;
        writer.Raw("\n"u8);
        writer.Header("content-length"u8, length);
        writer.Raw("\n{\"text\":\""u8);
        new MessageText(client.Number, number, scheduled).Write(_text);
        writer.Raw(_text);
        writer.Raw("\"}\0"u8);
        Queue(client, WebSocketOpcode.Text, _scratch.AsSpan(0, writer.Position));
    }

    private void Queue(Client client, WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        client.Out.AppendMessage(opcode, payload, (uint)_random.Next(1, int.MaxValue));
        MarkDirty(client);
    }

    private void MarkDirty(Client client)
    {
        if (client.IsDirty) return;
        client.IsDirty = true;
        _dirty.Add(client);
    }

    private void FlushDirty()
    {
        for (var i = 0; i < _dirty.Count; i++)
        {
            var client = _dirty[i];
            client.IsDirty = false;
            if (client.Socket is null) continue;
            if (client.NextToWrite < client.Pending?.Next) WritePending(client);
            if (!client.Out.IsEmpty)
            {
                var sent = client.Out.Flush(client.Socket);
                if (sent < 0)
                {
                    Lose(client, "connection-lost");
                    continue;
                }

                Counters.BytesOut += sent;
            }

            Watch(client, writable: !client.Out.IsEmpty);
        }

        _dirty.Clear();
    }

    private void Watch(Client client, bool writable)
    {
        var interest = (IsThrottled(client) ? 0 : Poller.Readable) | (writable ? Poller.Writable : 0);
        if (interest == client.Interest) return;
        client.Interest = interest;
        _poller.Change(client.Socket!, client.Slot, interest);
    }
}
