namespace Maru.Load.Verification;

/// <summary>Compares one room's stored entries, given in the order of the pages, with the acknowledgements. One caller.</summary>
/// <param name="start">the room's last seq before the run</param>
/// <param name="acks">the acknowledgements, by one or several loops</param>
/// <param name="payload">bytes of a whole text</param>
/// <param name="isOurs">whether a sender is this process': another shard verifies the others</param>
internal sealed class RoomHistory(long start, IReadOnlyList<AckLog> acks, int payload, Func<int, bool> isOurs)
{
    private readonly HashSet<long> _seen = [];
    private long _last = start;
    private long _read, _found, _missing, _altered, _twice, _gaps, _unacknowledged;

    public long Last => _last;

    /// <summary>Gets each message of this run; null: nobody needs them.</summary>
    public Action<long, MessageText>? Found { get; init; }

    public void Entry(long seq, ReadOnlySpan<byte> text)
    {
        _read++;
        if (seq != _last + 1) _gaps++;
        for (var skipped = _last + 1; skipped < seq; skipped++) Missed(skipped);
        _last = Math.Max(_last, seq);

        var ours = MessageText.TryParse(text, payload, out var message) && isOurs(message.Sender);
        if (ours) Found?.Invoke(seq, message);
        var acknowledged = TryGetAck(seq, out var sender, out var number);
        if (ours && !_seen.Add(((long)message.Sender << 32) + message.Number)) _twice++;
        if (!acknowledged)
        {
            if (ours) _unacknowledged++;
        }
        else if (ours && message.Sender == sender && message.Number == number)
        {
            _found++;
        }
        else
        {
            _altered++;
        }
    }

    public HistoryFindings End()
    {
        var end = acks.Count == 0 ? 0 : acks.Max(log => log.End);
        for (var seq = _last + 1; seq < end; seq++) Missed(seq);
        return new HistoryFindings
        {
            Read = _read,
            Found = _found,
            Missing = _missing,
            Altered = _altered,
            StoredTwice = _twice,
            Gaps = _gaps,
            UnacknowledgedPresent = _unacknowledged,
        };
    }

    private void Missed(long seq)
    {
        if (TryGetAck(seq, out _, out _)) _missing++;
    }

    private bool TryGetAck(long seq, out int sender, out int number)
    {
        (sender, number) = (0, 0);
        foreach (var log in acks)
        {
            if (log.TryGet(seq, out sender, out number)) return true;
        }

        return false;
    }
}
