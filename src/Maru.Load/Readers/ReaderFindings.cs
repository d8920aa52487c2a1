using Maru.Load.Measuring;

namespace Maru.Load.Readers;

/// <summary>What people's tabs showed beside what was true, and what streams brought.</summary>
internal sealed record ReaderFindings
{
    /// <summary>People whose counts were compared.</summary>
    public long People { get; init; }

    /// <summary>Connections of tabs, one after the other.</summary>
    public long Tabs { get; init; }

    /// <summary>Tabs and streams that were open at the end.</summary>
    public long Open { get; init; }

    /// <summary>Those that were not.</summary>
    public long NotOpen { get; init; }

    /// <summary>Positions that were moved.</summary>
    public long Moves { get; init; }

    /// <summary><c>unread</c> events that came.</summary>
    public long Events { get; init; }

    /// <summary>Those of them whose number was right at no position.</summary>
    public long Wrong { get; init; }

    /// <summary>Those whose <c>lastSeq</c> was before that of an earlier one, snapshots left out.</summary>
    public long Backwards { get; init; }

    /// <summary>Counts that a tab showed at the end and that were not what a recount gives.</summary>
    public long WrongAtEnd { get; init; }

    /// <summary>The same over REST: the list of rooms, and the total.</summary>
    public long WrongOverRest { get; init; }

    /// <summary>How long each shown number had not been true, at most.</summary>
    public Histogram WrongFor { get; init; } = new();

    /// <summary>Times from the first sight of a message to the event that counts it.</summary>
    public Histogram Delays { get; init; } = new();

    /// <summary>Entries that streams of rooms brought.</summary>
    public long StreamEvents { get; init; }

    /// <summary>Entries that they did not bring.</summary>
    public long StreamLost { get; init; }

    /// <summary>Entries that came twice or late.</summary>
    public long StreamDisorder { get; init; }

    /// <summary>Times from schedule to delivery at them.</summary>
    public Histogram StreamDelays { get; init; } = new();

    /// <summary>Connections that ended without being asked to.</summary>
    public long Disconnects { get; init; }

    /// <summary>Growth of the servers' memory a tab or stream, when all were open; null = not measured.</summary>
    public double? BytesPerListener { get; init; }

    /// <summary>A few of what was wrong, for people.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    public Dictionary<string, double> Measures()
    {
        var (wrong, delay, stream) = (Percentiles.Of(WrongFor), Percentiles.Of(Delays), Percentiles.Of(StreamDelays));
        var measures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["listeners"] = Open,
            ["listenersLost"] = Disconnects,
            ["unreadEvents"] = Events,
            ["unreadBackwards"] = Backwards,
            ["unreadWrongP99Ms"] = wrong.P99,
            ["unreadWrongMaxMs"] = wrong.Max,
            ["unreadDelayP50Ms"] = delay.P50,
            ["unreadDelayP99Ms"] = delay.P99,
            ["unreadDelayMaxMs"] = delay.Max,
            ["streamDelayP50Ms"] = stream.P50,
            ["streamDelayP99Ms"] = stream.P99,
        };
        if (BytesPerListener is { } bytes) measures["bytesPerListener"] = bytes;
        return measures;
    }
}
