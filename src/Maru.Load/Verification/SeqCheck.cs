namespace Maru.Load.Verification;

/// <summary>The meaning of one delivered seq for its receiver.</summary>
internal enum SeqVerdict : byte
{
    Next,

    /// <summary>Later than the next one: entries before it are missing, for now.</summary>
    Gap,

    /// <summary>An entry that was missing, after a later one.</summary>
    OutOfOrder,

    /// <summary>An entry that came before.</summary>
    Duplicate,
}

/// <summary>
/// Checks that one receiver sees a room's seqs dense, in order and once, in constant memory: the last seq and a bitmap of the 64 before it.
/// A late entry older than that counts as a duplicate, and stays missing: red either way.
/// </summary>
internal struct SeqCheck(long after)
{
    private ulong _missing;     // bit i: seq Last - 1 - i has not come

    /// <summary>The last seq in order; -1 = the first one that comes is the start.</summary>
    public long Last { get; private set; } = after;

    /// <summary>The seq that came first; -1 = none yet.</summary>
    public long First { get; private set; } = -1;

    /// <summary>How many skipped entries have not come since.</summary>
    public long Missing { get; private set; }

    /// <summary>Takes the next seq: called by the quick path after it compared the whole frame.</summary>
    public void Advance()
    {
        Last++;
        _missing <<= 1;
    }

    public SeqVerdict Accept(long seq)
    {
        if (First < 0)
        {
            First = seq;
            if (Last < 0) Last = seq - 1;
        }

        var ahead = seq - Last;
        if (ahead == 1)
        {
            Advance();
            return SeqVerdict.Next;
        }

        if (ahead > 1)
        {
            Missing += ahead - 1;
            _missing = (ahead < 64 ? _missing << (int)ahead : 0) | (ahead <= 64 ? (1UL << (int)(ahead - 1)) - 1 : ulong.MaxValue);
            Last = seq;
            return SeqVerdict.Gap;
        }

        var bit = -ahead - 1;
        if (bit is < 0 or > 63 || (_missing & (1UL << (int)bit)) == 0) return SeqVerdict.Duplicate;
        _missing &= ~(1UL << (int)bit);
        Missing--;
        return SeqVerdict.OutOfOrder;
    }
}
