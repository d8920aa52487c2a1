using Maru.Engine.Log;

namespace Maru.Server.Audit;

/// <summary>Recounts one room's log from its entries, which come in order. One caller.</summary>
internal sealed class LogRecount(long room)
{
    private const int MostAtOnce = 5000;    // entries of one drift, so that to mend it is short

    private readonly List<Drift> _faults = [];
    private long _last;
    private long _messages;
    private Wrong? _wrong;                  // entries one after the other whose numbers differ by as much

    public long Room => room;

    /// <param name="seq">the entry's</param>
    /// <param name="isMessage">it counts</param>
    /// <param name="number">the number that it has; -1: it needs none</param>
    public void Add(long seq, bool isMessage, long number)
    {
        if (seq > _last + 1) _faults.Add(new Drift(room, $"room {room}: nothing at seq {_last + 1}, up to {seq - 1}"));
        if (seq <= _last) _faults.Add(new Drift(room, $"room {room}: two entries at seq {seq}"));
        _last = seq;
        if (isMessage) _messages++;
        if (number < 0) return;
        var difference = number - _messages;
        if (_wrong is { } wrong && (difference != wrong.Difference || wrong.Entries == MostAtOnce)) EndWrong();
        if (difference == 0) return;
        _wrong = _wrong is null ? new Wrong(seq, seq, number, difference, 1) : _wrong with { Last = seq, Entries = _wrong.Entries + 1 };
    }

    /// <summary>Returns all drift; what is of the head first, for later messages are numbered by it.</summary>
    /// <param name="head">as it is kept; null: there is none</param>
    public IEnumerable<Drift> End(LogCheck.Head? head)
    {
        EndWrong();
        if (head is null) return [new Drift(room, $"room {room}: no head, the log ends at seq {_last}"), .. _faults];
        List<Drift> heads = [];
        if (head.LastSeq != _last)
        {
            heads.Add(new Drift(
                room,
                $"room {room}: the log ends at seq {head.LastSeq}, right is {_last}",
                """
                UPDATE room_heads SET last_seq = (
                  SELECT max(x.seq) FROM (
                    SELECT coalesce(max(seq), 0) AS seq FROM messages WHERE room_id = @room
                    UNION ALL SELECT coalesce(max(seq), 0) FROM changes WHERE room_id = @room) x)
                WHERE room_id = @room
                """,
                new { room }));
        }

        if (head.Messages != _messages)
        {
            heads.Add(new Drift(
                room,
                $"room {room}: {head.Messages} messages, right is {_messages}",
                """
                UPDATE room_heads SET messages = @messages + (
                  SELECT count(*) FROM messages m WHERE m.room_id = @room AND m.seq > @last AND m.type = @type)
                WHERE room_id = @room
                """,
                new { room, messages = _messages, last = _last, type = EntryKind.MessageCreated.Number }));
        }

        return heads.Concat(_faults);
    }

    private void EndWrong()
    {
        if (_wrong is not { } x) return;
        _faults.Add(new Drift(
            room,
            $"room {room}: number {x.Number} at seq {x.First}, right is {x.Number - x.Difference}"
                + (x.Entries > 1 ? $", and so on up to seq {x.Last}" : ""),
            """
            UPDATE messages SET number = number - @Difference WHERE room_id = @room AND seq >= @First AND seq <= @Last
              AND @Number = (SELECT f.number FROM messages f WHERE f.room_id = @room AND f.seq = @First)
            """,
            new { room, x.First, x.Last, x.Number, x.Difference }));
        _wrong = null;
    }

    /// <param name="First">the first entry</param>
    /// <param name="Last">the last entry</param>
    /// <param name="Number">the first one's, as it is kept</param>
    /// <param name="Difference">what each has too much</param>
    /// <param name="Entries">how many there are</param>
    private sealed record Wrong(long First, long Last, long Number, long Difference, int Entries);
}
