using Maru.Engine;
using Maru.Engine.Log;

namespace Maru.Server.Features.ReadState;

/// <summary>
/// Who sent which messages since they were counted, as this node committed them, by room. Bounded in rooms and in messages: of what is left
/// out only the rooms are known, or nothing. Any thread.
/// </summary>
internal sealed class OwnMarks
{
    private const int MostRooms = 50_000;
    private const int MostSent = 1_000_000; // some 16 MB
    private const int Many = 1000;          // entries of a room that need not wait; to thrice as many, so that not all rooms come at once

    private readonly Lock _gate = new();
    private readonly Dictionary<RoomId, OwnRun> _runs = [];      // under the gate, and so the next ones
    private List<RoomId> _many = [];
    private int _sent;
    private bool _hasMissed = true;

    /// <summary>Notes a batch, with its entries in order.</summary>
    public void Add(RoomId room, IReadOnlyList<Entry> entries)
    {
        lock (_gate)
        {
            if (!_runs.TryGetValue(room, out var run))
            {
                _hasMissed |= _runs.Count >= MostRooms;
                if (_runs.Count >= MostRooms) return;
                _runs.Add(room, run = new OwnRun(room, entries[0].Seq - 1));
            }

            var (before, sent) = (run.Length, run.Sent.Count);
            if (entries[0].Seq != run.Last + 1 || _sent >= MostSent) run.Skip(entries[^1].Seq);
            else run.Add(entries);
            _sent += run.Sent.Count - sent;
            var many = Many + (long)((ulong)room.Value * 0x9E3779B97F4A7C15 % (2 * Many));
            if (before < many && run.Length >= many) _many.Add(room);
        }
    }

    /// <summary>Removes and returns what is noted: of all rooms, or of those with many entries.</summary>
    public List<OwnRun> Take(bool isAll)
    {
        lock (_gate)
        {
            List<OwnRun> taken = isAll ? [.. _runs.Values] : [.. _many.Select(x => _runs[x])];
            foreach (var run in taken)
            {
                _runs.Remove(run.Room);
                _sent -= run.Sent.Count;
            }

            _many = [];
            return taken;
        }
    }

    /// <summary>Returns, once, whether there were too many rooms, so that others have to be looked at; so it is at first.</summary>
    public bool TakeHasMissed()
    {
        lock (_gate)
        {
            var hasMissed = _hasMissed;
            _hasMissed = false;
            return hasMissed;
        }
    }

    /// <summary>Makes the next <see cref="TakeHasMissed"/> return true.</summary>
    public void Lose()
    {
        lock (_gate) _hasMissed = true;
    }
}

/// <summary>The messages of a part of a room's log, with who sent them. One user at a time.</summary>
/// <param name="room">the room</param>
/// <param name="after">the seq before its first entry</param>
internal sealed class OwnRun(RoomId room, long after)
{
    /// <param name="room">the room</param>
    /// <param name="after">the seq before its first entry</param>
    /// <param name="last">the seq of its last</param>
    /// <param name="sent">who sent its messages, with their seqs</param>
    public OwnRun(RoomId room, long after, long last, IEnumerable<(long User, long Seq)> sent)
        : this(room, after)
    {
        (Last, Length) = (last, last - after);
        Sent.AddRange(sent);
    }

    public RoomId Room => room;

    /// <summary>The seq before its first entry.</summary>
    public long After { get; private set; } = after;

    public long Last { get; private set; } = after;

    public List<(long User, long Seq)> Sent { get; } = [];

    /// <summary>Entries.</summary>
    public long Length { get; private set; }

    public void Add(IReadOnlyList<Entry> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Kind.IsMessage && entry.Sender is { } sender) Sent.Add((sender.Value, entry.Seq));
        }

        (Last, Length) = (entries[^1].Seq, Length + entries.Count);
    }

    /// <summary>Entries up to here are not known: the run begins anew behind them.</summary>
    public void Skip(long last)
    {
        Sent.Clear();
        (After, Length, Last) = (last, Length + last - Last, last);
    }
}
