namespace Maru.Load.Verification;

/// <summary>What reading all rooms' history after the run showed.</summary>
internal sealed record HistoryFindings
{
    /// <summary>Entries read, those of others included.</summary>
    public long Read { get; init; }

    /// <summary>Acknowledged messages found under their seq.</summary>
    public long Found { get; init; }

    /// <summary>Acknowledged, but not there.</summary>
    public long Missing { get; init; }

    /// <summary>Under an acknowledged seq stands another message, or its text is not whole.</summary>
    public long Altered { get; init; }

    /// <summary>The same message under two seqs.</summary>
    public long StoredTwice { get; init; }

    /// <summary>Seqs left out.</summary>
    public long Gaps { get; init; }

    /// <summary>There, but never acknowledged: allowed, as an acknowledgement can be lost on its way.</summary>
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
