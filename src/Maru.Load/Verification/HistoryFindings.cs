namespace Maru.Load.Verification;

/// <summary>The findings of reading all rooms' history after the run.</summary>
internal sealed record HistoryFindings
{
    /// <summary>Entries read, those of others included.</summary>
    public long Read { get; init; }

    /// <summary>Acknowledged messages found under their seq.</summary>
    public long Found { get; init; }

    /// <summary>Acknowledged messages that are not stored.</summary>
    public long Missing { get; init; }

    /// <summary>Acknowledged seqs with another message, or with a text that is not whole.</summary>
    public long Altered { get; init; }

    /// <summary>Messages stored under two seqs.</summary>
    public long StoredTwice { get; init; }

    /// <summary>Seqs without an entry.</summary>
    public long Gaps { get; init; }

    /// <summary>Stored messages that were never acknowledged: allowed, as an acknowledgement can be lost on its way.</summary>
    public long UnacknowledgedPresent { get; init; }

    public HistoryFindings Plus(HistoryFindings other) => new()
    {
        Read = Read + other.Read,
        Found = Found + other.Found,
        Missing = Missing + other.Missing,
        Altered = Altered + other.Altered,
        StoredTwice = StoredTwice + other.StoredTwice,
        Gaps = Gaps + other.Gaps,
        UnacknowledgedPresent = UnacknowledgedPresent + other.UnacknowledgedPresent,
    };
}
