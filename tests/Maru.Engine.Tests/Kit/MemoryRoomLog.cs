using Maru.Engine.Log;

namespace Maru.Engine.Tests.Kit;

/// <summary>
/// The rooms' log in memory, with the semantics of the real ones:
/// a batch is all or nothing, seqs are dense, a client key answers with its first message, and what was never committed cannot be read.
/// Fails and stalls on command.
/// Any thread.
/// </summary>
internal sealed class MemoryRoomLog : IRoomLog
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RoomId, StoredRoom> _rooms = [];
    private readonly object _appending = new();
    private bool _appendsStall;
    private readonly TaskCompletionSource _open = new();
    private TaskCompletionSource? _readGate;

    /// <summary>Looks at a batch before it is written; what it returns is thrown. Null lets it pass.</summary>
    public Func<IReadOnlyList<BatchPart>, Exception?> AppendFault { get; set; } = _ => null;

    /// <summary>What a read throws, or null.</summary>
    public Func<Exception?> ReadFault { get; set; } = () => null;

    /// <summary>Sizes of the transactions that succeeded, in drafts.</summary>
    public List<int> Transactions { get; } = [];

    /// <summary>Where the pages that were asked for began.</summary>
    public List<long> Reads { get; } = [];

    /// <summary>Transactions that the commit loop has asked for, done or not.</summary>
    public int AppendsBegun { get; private set; }

    public int Loops { get; init; } = 1;

    /// <summary>As if other nodes appended too: the engine asks for the ends of rooms.</summary>
    public bool IsShared { get; init; }

    public int MembershipReads { get; private set; }

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
                entries.Add(new Entry(new RoomId(room), seq, EntryKind.MessageCreated, Body(seq, bodyBytes)));
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

    /// <summary>From now on a transaction waits inside the store until <see cref="ResumeAppends"/>.</summary>
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
        lock (_gate) _readGate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void ResumeReads()
    {
        lock (_gate)
        {
            _readGate?.SetResult();
            _readGate = null;
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
            foreach (var part in parts) Append(part);
            Transactions.Add(parts.Sum(x => x.Rooms.Sum(y => y.Drafts.Count)));
        }
    }

    public async ValueTask<MembershipState> ReadMembershipAsync(RoomId room, UserId user, CancellationToken ct)
    {
        await Task.Yield();
        lock (_gate) MembershipReads++;
        await ReadGate().WaitAsync(ct);
        if (ReadFault() is { } fault) throw fault;
        lock (_gate)
        {
            if (!_rooms.TryGetValue(room, out var stored)) return default;
            return new MembershipState(stored.Members.Contains(user), stored.Entries.Count);
        }
    }

    public ValueTask<IReadOnlyDictionary<RoomId, long>> ReadHeadsAsync(IReadOnlyList<RoomId> rooms, CancellationToken ct)
    {
        lock (_gate) HeadReads++;
        if (ReadFault() is { } fault) throw fault;
        lock (_gate) return new(rooms.Where(_rooms.ContainsKey).ToDictionary(x => x, x => (long)_rooms[x].Entries.Count));
    }

    public async ValueTask<IReadOnlyList<Entry>> ReadAsync(RoomId room, long after, long last, int maxBytes, CancellationToken ct)
    {
        lock (_gate) Reads.Add(after);
        await ReadGate().WaitAsync(ct);
        if (ReadFault() is { } fault) throw fault;
        List<Entry> page = [];
        lock (_gate)
        {
            var entries = _rooms[room].Entries;
            var bytes = 0;
            for (var i = (int)Math.Min(after, entries.Count); i < Math.Min(last, entries.Count); i++)
            {
                if (bytes > 0 && bytes + entries[i].Body.Length > maxBytes) break;
                bytes += entries[i].Body.Length;
                page.Add(entries[i]);
            }
        }

        return page;
    }

    private Task ReadGate()
    {
        lock (_gate)
        {
            _open.TrySetResult();
            return _readGate?.Task ?? _open.Task;
        }
    }

    private void Append(BatchPart part)
    {
        var before = part.IsAtomic ? part.Rooms.Select(x => _rooms.GetValueOrDefault(x.Room)?.Copy()).ToArray() : [];
        foreach (var batch in part.Rooms) Append(batch);
        if (!part.IsRefused) return;
        for (var i = 0; i < before.Length; i++)
        {
            if (before[i] is { } room) _rooms[part.Rooms[i].Room] = room;
        }
    }

    private void Append(RoomBatch batch)
    {
        if (!_rooms.TryGetValue(batch.Room, out var room))
        {
            foreach (var draft in batch.Drafts) draft.Refuse(Problem.NotFound);
            return;
        }

        foreach (var draft in batch.Drafts)
        {
            if (draft.Refusal is not null) continue;
            if (draft is MessageDraft message) Append(room, message);
            else ((MemberDraft)draft).Run(room.Members, room.Entries);
        }
    }

    private static void Append(StoredRoom room, MessageDraft draft)
    {
        var key = draft.ClientKey is { } bytes ? $"{draft.Actor}:{Convert.ToHexString(bytes)}" : null;
        if (key is not null && room.Keys.TryGetValue(key, out var first))
        {
            if (first.Text.AsSpan().SequenceEqual(draft.Text)) draft.Repeated(first.Seq);
            else draft.Refuse(Problem.KeyReused);
            return;
        }

        var seq = room.Entries.Count + 1;
        draft.Committed(seq, 1_900_000_000_000 + seq);
        if (key is not null) room.Keys[key] = (seq, draft.Text);
        List<Entry> entries = [];
        draft.CopyEntries(entries);
        room.Entries.AddRange(entries);
    }

    private sealed class StoredRoom
    {
        public HashSet<UserId> Members { get; init; } = [];

        public List<Entry> Entries { get; init; } = [];

        public Dictionary<string, (long Seq, byte[] Text)> Keys { get; init; } = [];

        public StoredRoom Copy() => new() { Members = [.. Members], Entries = [.. Entries], Keys = new(Keys) };
    }
}
