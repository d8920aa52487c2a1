using Maru.Load.Clients;
using Maru.Load.Measuring;
using Maru.Load.Sockets;
using Maru.Load.Verification;

namespace Maru.Load.Readers;

/// <summary>A person's stream of one room's log: everything once and in order, over reconnects too.</summary>
internal sealed class RoomStream(Listeners shared, int room, long id, long start, string token)
{
    private SeqCheck _seq = new(start);

    public int Room => room;

    /// <summary>Entries that came twice, or after later ones.</summary>
    public long Disorder { get; private set; }

    public long Events { get; private set; }

    /// <summary>Times from schedule to delivery.</summary>
    public Histogram Delays { get; } = new();

    /// <summary>Returns how many entries up to the room's head have not come.</summary>
    public long Lost(long head) => _seq.Missing + Math.Max(0, head - _seq.Last);

    public Task RunAsync(int node, CancellationToken ct) => shared.RunAsync(node, ListenAsync, life: null, ct);

    private Task<string> ListenAsync(Node node, Action opened, CancellationToken ct) => EventSocket.ReadAsync(
        node, $"/api/rooms/{id}/events?after={_seq.Last}", token, _seq.Last, new SseReader(opened, On), ct);

    private void On(string type, long seq, ReadOnlySpan<byte> data)
    {
        if (seq < 0) return;    // typing, problem
        shared.Heard();
        Events++;
        if (_seq.Accept(seq) is SeqVerdict.Duplicate or SeqVerdict.OutOfOrder) Disorder++;
        if (MessageText.TryParse(MessageText.Find(data), shared.Scenario.Payload, out var text)) Delays.Record(Ticks.Now - text.Scheduled);
    }
}
