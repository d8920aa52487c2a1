using System.Text;
using Maru.Engine.Log;
using Npgsql;
using NpgsqlTypes;


namespace Maru.Server.RoomLog;

/// <summary>
/// Appends one batch after the other on a connection of its own. A batch of messages takes two round trips: one locks the heads of its rooms in id order and reads,
/// under the locks, what decides about each draft; one writes and commits. Whoever appends or changes a membership, on whichever node, holds the room's lock, so seqs
/// are dense, and nothing of a removed member comes after the removal. One thread.
/// </summary>
internal sealed class PostgresCommitter(NpgsqlConnection connection, TimeProvider time) : IDisposable
{
    private readonly HashSet<long> _rooms = [];
    private readonly Dictionary<long, Head> _heads = [];
    private readonly HashSet<(long Room, long User)> _members = [];
    private readonly HashSet<(long Room, long Seq)> _targets = [];
    private readonly Dictionary<ClientKey, KeyUse> _keys = new(ClientKey.Equality);
    private readonly List<(MessageDraft Draft, long Hash)> _rows = [];
    private readonly List<RoomWrite> _writes = [];

    /// <summary>The last append failed at its first word: the connection had been lost while it was idle, and nothing can have been written.</summary>
    public bool WasGone { get; private set; }

    public void Append(IReadOnlyList<BatchPart> parts)
    {
        Gather(parts);
        WasGone = true;
        Read(time.GetUtcNow().ToUnixTimeMilliseconds());
        WasGone = false;
        foreach (var part in parts) Decide(part);
        if (_writes.Count > 0)
        {
            using (var batch = connection.CreateBatch())
            {
                InsertMessages(batch);
                if (batch.BatchCommands.Count > 0) batch.ExecuteNonQuery();
            }

            foreach (var write in _writes) Run(write);
        }

        using var last = connection.CreateBatch();
        if (_writes.Count == 0) InsertMessages(last);
        MoveHeads(last);
        last.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        last.ExecuteNonQuery();
    }

    public void Dispose() => connection.Dispose();

    private void Gather(IReadOnlyList<BatchPart> parts)
    {
        _rooms.Clear();
        _heads.Clear();
        _members.Clear();
        _targets.Clear();
        _keys.Clear();
        _rows.Clear();
        _writes.Clear();
        foreach (var part in parts)
        {
            foreach (var room in part.Rooms)
            {
                foreach (var draft in room.Drafts)
                {
                    if (draft.Refusal is not null) continue;
                    _rooms.Add(room.Room.Value);
                    if (draft is not MessageDraft message) continue;
                    _members.Add((room.Room.Value, draft.Actor.Value));
                    if (message.ReplyTo > 0) _targets.Add((room.Room.Value, message.ReplyTo));
                    if (message.ClientKey is { } key) _keys.TryAdd(new ClientKey(room.Room.Value, draft.Actor.Value, key), default);
                }
            }
        }
    }

    /// <summary>Turns what the drafts ask for into what the store says of it.</summary>
    private void Read(long now)
    {
        using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        Add(batch, "SELECT room_id, last_seq, last_at FROM room_heads WHERE room_id = ANY($1) ORDER BY room_id FOR UPDATE", [.. _rooms]);
        if (_members.Count > 0)
        {
            Add(
                batch,
                "SELECT m.room_id, m.user_id FROM unnest($1, $2) AS x (room_id, user_id) JOIN members m ON m.room_id = x.room_id AND m.user_id = x.user_id",
                [.. _members.Select(x => x.Room)],
                [.. _members.Select(x => x.User)]);
        }

        ClientKey[] keys = [.. _keys.Keys];
        if (keys.Length > 0)
        {
            var command = Add(
                batch,
                """
                SELECT x.i, m.seq, m.content_hash
                FROM unnest($1, $2, $3) WITH ORDINALITY AS x (room_id, sender_id, client_key, i)
                JOIN messages m ON m.room_id = x.room_id AND m.sender_id = x.sender_id AND m.client_key = x.client_key
                """,
                Array.ConvertAll(keys, x => x.Room),
                Array.ConvertAll(keys, x => x.Sender));
            AddTexts(command, Array.ConvertAll(keys, x => x.Text));
        }

        if (_targets.Count > 0)
        {
            var command = Add(
                batch,
                "SELECT m.room_id, m.seq FROM unnest($1, $2) AS x (room_id, seq) JOIN messages m ON m.room_id = x.room_id AND m.seq = x.seq WHERE m.type = $3",
                [.. _targets.Select(x => x.Room)],
                [.. _targets.Select(x => x.Seq)]);
            AddKind(command);
        }

        using var reader = batch.ExecuteReader();
        while (reader.Read()) _heads[reader.GetInt64(0)] = new Head(reader.GetInt64(1), Math.Max(now, reader.GetInt64(2)));
        if (_members.Count > 0)
        {
            _members.Clear();
            reader.NextResult();
            while (reader.Read()) _members.Add((reader.GetInt64(0), reader.GetInt64(1)));
        }

        if (keys.Length > 0)
        {
            _keys.Clear();
            reader.NextResult();
            while (reader.Read()) _keys[keys[reader.GetInt64(0) - 1]] = new KeyUse(reader.GetInt64(1), reader.GetInt64(2));
        }

        if (_targets.Count > 0)
        {
            _targets.Clear();
            reader.NextResult();
            while (reader.Read()) _targets.Add((reader.GetInt64(0), reader.GetInt64(1)));
        }
    }

    private void Decide(BatchPart part)
    {
        var before = _rows.Count;
        foreach (var room in part.Rooms)
        {
            _heads.TryGetValue(room.Room.Value, out var head);
            foreach (var draft in room.Drafts)
            {
                if (draft.Refusal is not null) continue;
                if (head is null) draft.Refuse(Problem.NotFound);
                else if (draft is MessageDraft message) Decide(message, head);
                else _writes.Add((RoomWrite)draft);
            }
        }

        if (part.IsRefused) TakeBack(before);
    }

    private void Decide(MessageDraft draft, Head head)
    {
        var (room, sender) = (draft.Room.Value, draft.Actor.Value);
        if (!_members.Contains((room, sender)))
        {
            draft.Refuse(new Refusal(Problem.NotFound, "There is no such room, or you are no longer a member."));
            return;
        }

        var key = draft.ClientKey is { } text ? new ClientKey(room, sender, text) : default(ClientKey?);
        var hash = key is null ? 0 : KeyUse.HashOf(draft);
        if (key is { } used && _keys.TryGetValue(used, out var use))
        {
            use.Answer(draft, hash);
            return;
        }

        // What is behind the head as it was read is a message of this batch: writes come later.
        if (draft.ReplyTo > head.Last || (draft.ReplyTo > 0 && draft.ReplyTo <= head.Before && !_targets.Contains((room, draft.ReplyTo))))
        {
            draft.Refuse(new Refusal(Problem.Invalid, "replyTo must be the seq of a message in this room.", "replyTo"));
            return;
        }

        draft.Committed(++head.Last, head.At);
        if (key is { } first) _keys.Add(first, new KeyUse(draft.Seq, hash));
        _rows.Add((draft, hash));
    }

    private void TakeBack(int rows)
    {
        for (var i = rows; i < _rows.Count; i++)
        {
            var draft = _rows[i].Draft;
            HeadOf(draft).Last--;
            if (draft.ClientKey is { } key) _keys.Remove(new ClientKey(draft.Room.Value, draft.Actor.Value, key));
        }

        _rows.RemoveRange(rows, _rows.Count - rows);
    }

    private void Run(RoomWrite write)
    {
        var head = HeadOf(write);
        var transaction = new RoomTransaction(connection, write.Room, head.Last, head.At);
        transaction.Execute("SAVEPOINT room_write", null);
        if (write.Run(transaction) is { } problem)
        {
            transaction.Execute("ROLLBACK TO room_write", null);
            write.Refuse(problem);
        }
        else
        {
            head.Last = transaction.Head;
            write.Committed(head.Last);
        }

        transaction.Execute("RELEASE room_write", null);
    }

    private void InsertMessages(NpgsqlBatch batch)
    {
        if (_rows.Count == 0) return;
        var rows = _rows;
        var command = Add(
            batch,
            """
            INSERT INTO messages (room_id, seq, type, sender_id, at, reply_to, content_hash, text, client_key)
            SELECT room_id, seq, $9, sender_id, at, nullif(reply_to, 0), CASE WHEN client_key IS NOT NULL THEN content_hash END, text, client_key
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS x (room_id, seq, sender_id, at, reply_to, content_hash, text, client_key)
            """,
            [.. rows.Select(x => x.Draft.Room.Value)],
            [.. rows.Select(x => x.Draft.Seq)],
            [.. rows.Select(x => x.Draft.Actor.Value)],
            [.. rows.Select(x => HeadOf(x.Draft).At)],
            [.. rows.Select(x => x.Draft.ReplyTo)],
            [.. rows.Select(x => x.Hash)]);
        AddTexts(command, [.. rows.Select(x => x.Draft.Text)]);
        AddTexts(command, [.. rows.Select(x => x.Draft.ClientKey)]);
        AddKind(command);
    }

    private void MoveHeads(NpgsqlBatch batch)
    {
        var moved = _heads.Where(x => x.Value.Last > x.Value.Before).ToArray();
        if (moved.Length == 0) return;
        Add(
            batch,
            "UPDATE room_heads h SET last_seq = x.last_seq, last_at = x.last_at FROM unnest($1, $2, $3) AS x (room_id, last_seq, last_at) WHERE h.room_id = x.room_id",
            Array.ConvertAll(moved, x => x.Key),
            Array.ConvertAll(moved, x => x.Value.Last),
            Array.ConvertAll(moved, x => x.Value.At));
    }

    private Head HeadOf(Draft draft) => _heads[draft.Room.Value];

    private static NpgsqlBatchCommand Add(NpgsqlBatch batch, string sql, params long[][] columns)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var column in columns) command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = column, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        batch.BatchCommands.Add(command);
        return command;
    }

    private static void AddKind(NpgsqlBatchCommand command) => command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = EntryKind.MessageCreated.Number });

    private static void AddTexts(NpgsqlBatchCommand command, byte[]?[] texts) => command.Parameters.Add(new NpgsqlParameter<string?[]>
    {
        TypedValue = Array.ConvertAll(texts, x => x is null ? null : Encoding.UTF8.GetString(x)),
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
    });

    /// <summary>The end of a room's log: as it was read, and as it will be.</summary>
    private sealed class Head(long before, long at)
    {
        public long Before { get; } = before;

        public long At => at;

        public long Last { get; set; } = before;
    }
}
