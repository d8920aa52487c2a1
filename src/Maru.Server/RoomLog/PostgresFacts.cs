using System.Text;
using Maru.Engine;
using Maru.Engine.Commit;
using Maru.Engine.Log;
using Maru.Server.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Maru.Server.RoomLog;

/// <summary>
/// The facts of a batch from PostgreSQL, read in one round trip: it locks the heads of the batch's rooms in id order and reads the rest
/// under the locks, so all of it stays true until the transaction ends. Rooms that are slow or read-only cost their batch one more. One
/// thread.
/// </summary>
internal sealed class PostgresFacts : ILogFacts
{
    private readonly HashSet<long> _rooms = [];
    private readonly HashSet<(long Room, long User)> _senders = [];
    private readonly HashSet<(long Room, long Seq, long User)> _targets = [];
    private readonly HashSet<ClientKey> _keys = new(ClientKey.Equality);
    private readonly MentionFacts _mentions = new();
    private readonly FileFacts _files = new();
    private readonly List<long> _scheduled = [];

    private readonly Dictionary<long, LogHead> _heads = [];
    private readonly HashSet<(long Room, long User)> _members = [];
    private readonly HashSet<(long Room, long Seq, long User)> _messages = [];
    private readonly Dictionary<(long Room, long User), Writer> _writers = [];      // of rooms whose rules are not free
    private readonly Dictionary<ClientKey, KeyUse> _uses = new(ClientKey.Equality);
    private readonly HashSet<(long Id, long Version)> _due = [];

    /// <summary>Begins the transaction and reads.</summary>
    /// <param name="now">unix milliseconds; a room's time does not go back</param>
    public void Read(NpgsqlConnection connection, IReadOnlyList<BatchPart> parts, long now)
    {
        ReadMost(connection, parts, now);
        foreach (var head in _heads.Values)
        {
            if (head.Rules.IsFree) continue;
            ReadWriters(connection);
            break;
        }
    }

    private void ReadMost(NpgsqlConnection connection, IReadOnlyList<BatchPart> parts, long now)
    {
        Clear();
        foreach (var part in parts)
        {
            foreach (var room in part.Rooms)
            {
                foreach (var draft in room.Drafts) Ask(draft);
            }
        }

        using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        AskForHeads(batch);
        ClientKey[] keys = [.. _keys];
        if (_senders.Count > 0) AskForMembers(batch);
        if (keys.Length > 0) AskForKeys(batch, keys);
        if (_targets.Count > 0) AskForTargets(batch);
        if (_mentions.IsAsked)
        {
            var asked = batch.Add(Dialect.Write(connection, MentionFacts.Sql));
            asked.Parameters.AddWithValue("handles", _mentions.Handles);
            asked.Parameters.AddWithValue("senders", _mentions.Senders);
            asked.Parameters.AddWithValue("asked", _mentions.Asked);
        }

        if (_files.IsAsked) batch.Add(Dialect.Write(connection, FileFacts.Sql)).Parameters.AddWithValue("ids", _files.Ids);
        if (_scheduled.Count > 0) AskForScheduled(batch);
        using var reader = batch.ExecuteReader();
        while (reader.Read())
        {
            var room = reader.GetInt64(0);
            var end = new RoomHead(reader.GetInt64(1), reader.GetInt64(2));
            var head = new LogHead(new RoomId(room), end, new Bar(reader.GetInt64(6), reader.GetInt64(7)));
            var rules = new WriteRules((int)reader.GetInt64(4), reader.GetInt64(5) > 0);
            _heads[room] = head.Begin(Math.Max(now, reader.GetInt64(3))).Rule(rules);
        }

        if (_senders.Count > 0 && reader.NextResult())
        {
            while (reader.Read()) _members.Add((reader.GetInt64(0), reader.GetInt64(1)));
        }

        if (keys.Length > 0 && reader.NextResult())
        {
            while (reader.Read()) _uses[keys[reader.GetInt64(0) - 1]] = new KeyUse(reader.GetInt64(1), reader.GetInt64(2));
        }

        if (_targets.Count > 0 && reader.NextResult())
        {
            while (reader.Read()) _messages.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)));
        }

        if (_mentions.IsAsked && reader.NextResult())
        {
            while (reader.Read()) _mentions.Add(reader);
        }

        if (_files.IsAsked && reader.NextResult())
        {
            while (reader.Read()) _files.Add(reader);
        }

        if (_scheduled.Count > 0 && reader.NextResult())
        {
            while (reader.Read()) _due.Add((reader.GetInt64(0), reader.GetInt64(1)));
        }
    }

    LogHead? ILogFacts.FindHead(RoomId room) => _heads.GetValueOrDefault(room.Value);

    bool ILogFacts.IsMember(RoomId room, UserId user) => _members.Contains((room.Value, user.Value));

    bool ILogFacts.IsMessage(RoomId room, UserId member, long seq) => _messages.Contains((room.Value, seq, member.Value));

    bool ILogFacts.TryFindKey(in ClientKey key, out KeyUse use) => _uses.TryGetValue(key, out use);

    Writer ILogFacts.FindWriter(RoomId room, UserId user) => _writers.GetValueOrDefault((room.Value, user.Value));

    UserId? ILogFacts.FindMember(RoomId room, string handle) => _mentions.FindMember(room, handle);

    bool ILogFacts.Blocks(UserId member, UserId sender) => _mentions.Blocks(member, sender);

    bool ILogFacts.MayMentionAll(RoomId room, UserId user) => _mentions.MayMentionAll(room, user);

    AttachedFile? ILogFacts.FindFile(long id, UserId? sender) => _files.Find(id, sender);

    bool ILogFacts.IsDue(ScheduledDraft draft) => _due.Contains((draft.Id, draft.Version));

    private void Clear()
    {
        _rooms.Clear();
        _senders.Clear();
        _targets.Clear();
        _keys.Clear();
        _heads.Clear();
        _members.Clear();
        _messages.Clear();
        _writers.Clear();
        _uses.Clear();
        _mentions.Clear();
        _files.Clear();
        _scheduled.Clear();
        _due.Clear();
    }

    private void Ask(Draft draft)
    {
        if (draft.Refusal is not null) return;
        var room = draft.Room.Value;
        _rooms.Add(room);
        if (draft is not MessageDraft message) return;
        _senders.Add((room, draft.Actor.Value));
        if (message.ReplyTo > 0) _targets.Add((room, message.ReplyTo, draft.Actor.Value));
        if (message is ReferringDraft referring) _mentions.Ask(draft.Room, draft.Actor, referring.Words);
        if (message.Attachments is { } files) _files.Ask(files);
        if (message is ScheduledDraft scheduled) _scheduled.Add(scheduled.Id);
        if (message.ClientKey is { } key) _keys.Add(new ClientKey(room, draft.Actor.Value, key));
    }

    private void AskForHeads(NpgsqlBatch batch) => batch
        .Add(
            """
            SELECT room_id, last_seq, messages, last_at, slow_mode, read_only, coalesce(barred_by, 0), coalesce(bar_changes, 0)
            FROM room_heads WHERE room_id = ANY($1) ORDER BY room_id FOR UPDATE
            """)
        .With([.. _rooms]);

    /// <summary>Reads what decides about the senders of rooms whose rules are not free.</summary>
    private void ReadWriters(NpgsqlConnection connection)
    {
        var senders = _senders.Where(x => _heads.TryGetValue(x.Room, out var head) && !head.Rules.IsFree).ToArray();
        if (senders.Length == 0) return;
        using var batch = connection.CreateBatch();
        batch
            .Add(
                """
                SELECT m.room_id, m.user_id, m.role IN ('owner', 'admin'), coalesce(t.at, 0) FROM unnest($1, $2) AS x (room_id, user_id)
                JOIN members m ON m.room_id = x.room_id AND m.user_id = x.user_id
                LEFT JOIN slow_turns t ON t.room_id = x.room_id AND t.user_id = x.user_id
                """)
            .With(Array.ConvertAll(senders, x => x.Room)).With(Array.ConvertAll(senders, x => x.User));
        using var reader = batch.ExecuteReader();
        while (reader.Read())
            _writers[(reader.GetInt64(0), reader.GetInt64(1))] = new Writer(reader.GetBoolean(2), reader.GetInt64(3));
    }

    private void AskForMembers(NpgsqlBatch batch) => batch
        .Add(
            """
            SELECT m.room_id, m.user_id FROM unnest($1, $2) AS x (room_id, user_id)
            JOIN members m ON m.room_id = x.room_id AND m.user_id = x.user_id
            """)
        .With([.. _senders.Select(x => x.Room)]).With([.. _senders.Select(x => x.User)]);

    private static void AskForKeys(NpgsqlBatch batch, ClientKey[] keys) => batch
        .Add(
            """
            SELECT x.i, m.seq, m.content_hash
            FROM unnest($1, $2, $3) WITH ORDINALITY AS x (room_id, sender_id, client_key, i)
            JOIN messages m ON m.room_id = x.room_id AND m.sender_id = x.sender_id AND m.client_key = x.client_key
            """)
        .With(Array.ConvertAll(keys, x => x.Room))
        .With(Array.ConvertAll(keys, x => x.Sender))
        .With(Array.ConvertAll(keys, x => (byte[]?)x.Text));

    private void AskForTargets(NpgsqlBatch batch) => batch
        .Add(
            $"""
            SELECT m.room_id, m.seq, me.user_id FROM unnest($1, $2, $3) AS x (room_id, seq, user_id)
            JOIN messages m ON m.room_id = x.room_id AND m.seq = x.seq JOIN members me ON me.room_id = x.room_id AND me.user_id = x.user_id
            WHERE m.type = $4 AND {VisibleSql.Message}
            """)
        .With([.. _targets.Select(x => x.Room)]).With([.. _targets.Select(x => x.Seq)]).With([.. _targets.Select(x => x.User)])
        .With(EntryKind.MessageCreated);

    /// <summary>Locks the rows too: their owners cancel and change them without the room's lock.</summary>
    private void AskForScheduled(NpgsqlBatch batch) => batch
        .Add("SELECT id, version FROM scheduled WHERE id = ANY($1) AND failed IS NULL ORDER BY id FOR UPDATE").With([.. _scheduled]);
}

/// <summary>Commands whose parameters are columns of rows.</summary>
internal static class PostgresColumns
{
    public static NpgsqlBatchCommand Add(this NpgsqlBatch batch, string sql)
    {
        var command = new NpgsqlBatchCommand(sql);
        batch.BatchCommands.Add(command);
        return command;
    }

    public static NpgsqlBatchCommand With(this NpgsqlBatchCommand command, long[] column)
    {
        const NpgsqlDbType Type = NpgsqlDbType.Array | NpgsqlDbType.Bigint;
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = column, NpgsqlDbType = Type });
        return command;
    }

    /// <summary>Adds a column of UTF-8 texts.</summary>
    public static NpgsqlBatchCommand With(this NpgsqlBatchCommand command, byte[]?[] column)
    {
        const NpgsqlDbType Type = NpgsqlDbType.Array | NpgsqlDbType.Text;
        var texts = Array.ConvertAll(column, x => x is null ? null : Encoding.UTF8.GetString(x));
        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = texts, NpgsqlDbType = Type });
        return command;
    }

    /// <summary>Adds a parameter with one value for all rows.</summary>
    public static NpgsqlBatchCommand With(this NpgsqlBatchCommand command, EntryKind kind)
    {
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = kind.Number });
        return command;
    }
}
