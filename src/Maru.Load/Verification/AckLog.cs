namespace Maru.Load.Verification;

/// <summary>The messages that one room's seqs were acknowledged for: 8 bytes a message, as seqs are dense. One writer.</summary>
internal sealed class AckLog(long start)
{
    private long[] _acks = [];      // by seq - start - 1: sender and number + 1, 0 = not acknowledged

    /// <summary>The end of the seqs that may be acknowledged here, exclusive.</summary>
    public long End => start + 1 + _acks.Length;

    /// <summary>
    /// Records an acknowledgement; false when the seq cannot be right: not after the start, absurdly far, or given to another message
    /// before.
    /// </summary>
    public bool TryRecord(long seq, int sender, int number)
    {
        var index = seq - start - 1;
        if (index is < 0 or > int.MaxValue / 8) return false;
        if (index >= _acks.Length) Array.Resize(ref _acks, (int)Math.Max(64, index * 2));
        var ack = ((long)sender << 32) + number + 1;
        if (_acks[index] != 0) return _acks[index] == ack;
        _acks[index] = ack;
        return true;
    }

    public bool TryGet(long seq, out int sender, out int number)
    {
        var index = seq - start - 1;
        var ack = index >= 0 && index < _acks.Length ? _acks[index] - 1 : -1;
        (sender, number) = ((int)(ack >> 32), (int)ack);
        return ack >= 0;
    }
}
