using Maru.Engine.Commit;
using Maru.Engine.Log;

namespace Maru.Engine.Tests.Kit;

/// <summary>
/// The rooms' log in memory, by the real ones' decisions and held to the same contract (<see cref="RoomLogContract"/>). Fails and stalls on
/// command. Any thread.
/// </summary>
internal sealed class MemoryRoomLog : IRoomLog, ILogFacts
{
    private const long Now = 1_900_000_000_000;

    private readonly Lock _gate = new();
    private readonly Appending _decision;
    private readonly Dictionary<RoomId, StoredRoom> _rooms = [];
    private readonly Dictionary<ClientKey, KeyUse> _keys = new(ClientKey.Equality);
    private readonly object _appending = new();
    private bool _appendsStall;
    private readonly TaskCompletionSource _open = new();
    private TaskCompletionSource? _readGate;
    private TaskCompletionSource? _pageGate;

    public MemoryRoomLog() => _decision = new Appending(this);

    /// <summary>Checks a batch before it is written; the returned exception is thrown. Null lets it pass.</summary>
    public Func<IReadOnlyList<BatchPart>, Exception?> AppendFault { get; set; } = _ => null;

    /// <summary>Returns the exception that a read throws, or null.</summary>
    public Func<Exception?> ReadFault { get; set; } = () => null;

    /// <summary>Sizes of the transactions that succeeded, in drafts.</summary>
    public List<int> Transactions { get; } = [];

    /// <summary>The seqs behind which the pages began that were asked for.</summary>
    public List<long> Reads { get; } = [];

    /// <summary>Transactions that the commit loop has asked for, done or not.</summary>
    public int AppendsBegun { get; private set; }

    public int Loops { get; init; } = 1;

    /// <summary>As if other nodes appended too: the engine asks for the ends of rooms.</summary>
    public bool IsShared { get; init; }

    public int MembershipReads { get; private set; }

    /// <summary>How often a user was renamed, on any node.</summary>
    public long Names { get; set; }

    /// <summary>How often the ends of rooms were asked for.</summary>
    public int HeadReads { get; private set; }

    public void AddRoom(long room, params long[] members)
    {
        lock (_gate) _rooms[new RoomId(room)] = new StoredRoom { Members = [.. members.Select(x => new UserId(x))] };
    }

    /// <summary>Appends entries as if they had been there before the server started.</summary>
    public void Seed(long room, int count, int bodyBytes = 40)
    {
        lock (_gate)
        {
            var entries = _rooms[new RoomId(room)].Entries;
            for (var i = 0; i < count; i++)
            {
                var seq = entries.Count + 1;
                entries.Add(new Entry(new RoomId(room), seq, EntryKind.MessageCreated, Body(seq, bodyBytes)) { Number = seq });
            }
        }
    }

    public List<Entry> Entries(long room)
    {
        lock (_gate) return [.. _rooms[new RoomId(room)].Entries];
    }

    public static byte[] Body(long seq, int bytes)
    {
        var head = $"{{\"seq\":{seq},\"pad\":\"";
        return System.Text.Encoding.ASCII.GetBytes(head + new string('x', Math.Max(0, bytes - head.Length - 2)) + "\"}");
    }

    /// <summary>Gives a message, and all entries about it, that text from now on. Inside a transaction.</summary>
    public void Retell(RoomId room, long target, string text)
    {
        var entries = _rooms[room].Entries;
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (entry.Seq != target && entry.Target != target) continue;
            entries[i] = new Entry(room, entry.Seq, entry.Kind, ChangeDraft.Body(entry.Kind, entry.Seq, text))
            {
                Number = entry.Number,
                Target = entry.Target,
            };
        }
    }

    /// <summary>Makes transactions wait inside the store until <see cref="ResumeAppends"/>.</summary>
    public void StallAppends()
    {
        lock (_appending) _appendsStall = true;
    }

    public void ResumeAppends()
    {
        lock (_appending)
        {
            _appendsStall = false;
            Monitor.PulseAll(_appending);
        }
    }

    public void StallReads()
    {
        StallPages();
        lock (_gate) _readGate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Stalls reads of pages; memberships can still be read.</summary>
    public void StallPages()
    {
        lock (_gate) _pageGate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void ResumeReads()
    {
        lock (_gate)
        {
            _readGate?.SetResult();
            _pageGate?.SetResult();
            (_readGate, _pageGate) = (null, null);
        }
    }

    public void Append(IReadOnlyList<BatchPart> parts)
    {
        lock (_appending)
        {
            AppendsBegun++;
            while (_appendsStall) Monitor.Wait(_appending);
        }

        if (AppendFault(parts) is { } fault) throw fault;
        lock (_gate)
        {
            _decision.Decide(parts);
            Write();
            Transactions.Add(parts.Sum(x => x.Rooms.Sum(y => y.Drafts.Count)));
        }
    }

    public async ValueTask<MembershipState> ReadMembershipAsync(RoomId room, UserId user, CancellationToken ct)
    {
        await Task.Yield();
        lock (_gate) MembershipReads++;
        await Gate(pages: false).WaitAsync(ct);
        if (ReadFault() is { } fault) throw fault;
        lock (_gate)
        {
            if (!_rooms.TryGetValue(room, out var stored)) return default;
            return new MembershipState(stored.Members.Contains(user), stored.Head, Names);
        }
    }

    public ValueTask<IReadOnlyDictionary<RoomId, RoomHead>> ReadHeadsAsync(IReadOnlyList<RoomId> rooms, CancellationToken ct)
    {
        lock (_gate) HeadReads++;
        if (ReadFault() is { } fault) throw fault;
        lock (_gate) return new(rooms.Where(_rooms.ContainsKey).ToDictionary(x => x, x => _rooms[x].Head));
    }

    public async ValueTask<IReadOnlyList<Entry>> ReadAsync(RoomId room, long after, long last, int maxBytes, CancellationToken ct)
    {
        List<Entry> page = [];
        lock (_gate)
        {
            Reads.Add(after);
            var entries = _rooms.TryGetValue(room, out var stored) ? stored.Entries : [];
            var bytes = 0;
            for (var i = (int)Math.Min(after, entries.Count); i < Math.Min(last, entries.Count); i++)
            {
                if (bytes > 0 && bytes + entries[i].Body.Length > maxBytes) break;
                bytes += entries[i].Body.Length;
                page.Add(entries[i]);
            }
        }

        // What is under way was read before it stalls, as the answer of a store that is on its way.
        await Gate(pages: true).WaitAsync(ct);
        if (ReadFault() is { } fault) throw fault;
        return page;
    }

    private Task Gate(bool pages)
    {
        lock (_gate)
        {
            _open.TrySetResult();
            return (pages ? _pageGate : _readGate)?.Task ?? _open.Task;
        }
    }

    LogHead? ILogFacts.FindHead(RoomId room) =>
        _rooms.TryGetValue(room, out var stored) ? new LogHead(room, stored.Head).Begin(Now) : null;

    bool ILogFacts.IsMember(RoomId room, UserId user) => _rooms[room].Members.Contains(user);

    bool ILogFacts.IsMessage(RoomId room, UserId member, long seq) => _rooms[room].Entries[(int)seq - 1].Kind.IsMessage;

    Writer ILogFacts.FindWriter(RoomId room, UserId user) => default;

    UserId? ILogFacts.FindMember(RoomId room, string handle) => null;

    bool ILogFacts.Blocks(UserId member, UserId sender) => false;

    bool ILogFacts.MayMentionAll(RoomId room, UserId user) => false;

    AttachedFile? ILogFacts.FindFile(long id, UserId? sender) => null;

    bool ILogFacts.IsDue(ScheduledDraft draft) => true;

    bool ILogFacts.TryFindKey(in ClientKey key, out KeyUse use) => _keys.TryGetValue(key, out use);

    /// <summary>A write may throw: then nothing stays.</summary>
    private void Write()
    {
        Dictionary<RoomId, HashSet<UserId>> members = [];
        foreach (var write in _decision.Writes)
        {
            if (!members.TryGetValue(write.Room, out var of)) members[write.Room] = of = [.. _rooms[write.Room].Members];
            ((MemoryWrite)write).Run(of, _decision.HeadOf(write));
        }

        foreach (var (room, of) in members) _rooms[room].Members = of;
        foreach (var row in _decision.Rows) row.Draft.CopyEntries(_rooms[row.Draft.Room].Entries);
        foreach (var write in _decision.Writes) write.CopyEntries(_rooms[write.Room].Entries);
        foreach (var row in _decision.Rows)
        {
            if (row.Key is { } key) _keys[key] = new KeyUse(row.Draft.Seq, row.ContentHash);
        }
    }

    private sealed class StoredRoom
    {
        public HashSet<UserId> Members { get; set; } = [];

        public List<Entry> Entries { get; } = [];

        public RoomHead Head => new(Entries.Count, Entries is [.., var last] ? last.Number : 0);
    }
}
