using Dapper;
using Maru.Engine;
using Maru.Engine.Commit;
using Maru.Engine.Log;
using Maru.Server.Storage;
using Maru.Server.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Maru.Server.RoomLog;

/// <summary>
/// Appends one batch after the other on SQLite's one writer, which the caller holds meanwhile: one transaction a batch, one sync a
/// transaction. Looks facts about a draft up when they are asked for; heads and recent keys are in memory. Commit loop only.
/// </summary>
internal sealed class SqliteCommitter : ILogFacts, IDisposable
{
    private const int MaxHeads = 100_000;

    private readonly TimeProvider _time;
    private readonly sqlite3 _writer;
    private readonly MessageKeys _keys;
    private readonly MentionFacts _mentions = new();
    private readonly FileFacts _files = new();
    private readonly Appending _appending;
    private readonly Dictionary<RoomId, LogHead> _heads = [];
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _newest;
    private readonly SqliteStatement _head;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _moveHead;
    private readonly SqliteStatement _isMessage;
    private readonly SqliteStatement _writerOf;
    private readonly SqliteStatement _takeTurn;
    private readonly SqliteStatement _isDue;
    private readonly SqliteStatement _unschedule;
    private readonly SqliteStatement _unscheduleFiles;
    private long _at;

    public SqliteCommitter(sqlite3 writer, TimeProvider time)
    {
        (_writer, _time) = (writer, time);
        _begin = new SqliteStatement(writer, "BEGIN IMMEDIATE");
        _commit = new SqliteStatement(writer, "COMMIT");
        _rollback = new SqliteStatement(writer, "ROLLBACK");
        _newest = new SqliteStatement(writer, "SELECT coalesce(max(id), 0) FROM messages");
        _head = new SqliteStatement(
            writer,
            "SELECT last_seq, messages, last_at, slow_mode, read_only, barred_by, bar_changes FROM room_heads WHERE room_id = ?1");
        _insert = new SqliteStatement(
            writer,
            """
            INSERT INTO messages (
              room_id, seq, type, sender_id, at, text, reply_to, client_key, content_hash, number, mentions, poll, files, replies)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, iif(?7 IS NULL, NULL, 0))
            """);
        _moveHead = new SqliteStatement(
            writer, "UPDATE room_heads SET last_seq = ?2, messages = ?3, last_at = ?4 WHERE room_id = ?1 AND last_seq = ?5");
        _isMessage = new SqliteStatement(
            writer,
            $"""
            SELECT 1 FROM members me CROSS JOIN messages m
            WHERE me.room_id = ?1 AND me.user_id = ?4 AND m.room_id = ?1 AND m.seq = ?2 AND m.type = ?3 AND {VisibleSql.Message}
            """);
        _writerOf = new SqliteStatement(
            writer,
            """
            SELECT m.role IN ('owner', 'admin'), coalesce(t.at, 0)
            FROM members m LEFT JOIN slow_turns t ON t.room_id = m.room_id AND t.user_id = m.user_id
            WHERE m.room_id = ?1 AND m.user_id = ?2
            """);
        _takeTurn = new SqliteStatement(
            writer,
            "INSERT INTO slow_turns (room_id, user_id, at) VALUES (?1, ?2, ?3) ON CONFLICT (room_id, user_id) DO UPDATE SET at = ?3");
        _isDue = new SqliteStatement(writer, "SELECT 1 FROM scheduled WHERE id = ?1 AND version = ?2 AND failed IS NULL");
        _unschedule = new SqliteStatement(writer, "DELETE FROM scheduled WHERE id = ?1");
        _unscheduleFiles = new SqliteStatement(writer, "DELETE FROM scheduled_files WHERE scheduled_id = ?1");
        _keys = new MessageKeys(writer);
        _appending = new Appending(this);
    }

    /// <summary>Returns how many messages were new.</summary>
    public int Append(IReadOnlyList<BatchPart> parts, SqliteConnection connection)
    {
        _at = _time.GetUtcNow().ToUnixTimeMilliseconds();
        try
        {
            _begin.Run();
            FindReferred(parts, connection);
            _appending.Decide(parts);
            foreach (var row in _appending.Rows) Insert(row);
            Write(connection, MentionRows.Insert, MentionRows.Of(_appending.Rows));
            Write(connection, FileRows.Insert, FileRows.Of(_appending.Rows));
            Write(connection, ReplyCounts.Add, ReplyCounts.Of(_appending.Rows));
            Write(connection, OriginRows.Write, OriginRows.Of(_appending.Rows));
            foreach (var ((room, user), at) in _appending.Turns) _takeTurn.Bind(1, room.Value).Bind(2, user.Value).Bind(3, at).Run();
            foreach (var sent in _appending.Sent)
            {
                _unscheduleFiles.Bind(1, sent.Id).Run();
                _unschedule.Bind(1, sent.Id).Run();
            }

            foreach (var write in _appending.Writes) ((RoomWrite)write).Run(connection, _appending.HeadOf(write));
            foreach (var head in _appending.Heads) Move(head);
            _keys.Settle(_appending.Rows.Count, Newest());
            _commit.Run();
        }
        catch
        {
            Undo();
            throw;
        }

        _keys.Committed(_appending.Rows);
        if (_heads.Count > MaxHeads) _heads.Clear();
        return _appending.Rows.Count;
    }

    LogHead? ILogFacts.FindHead(RoomId room)
    {
        if (!_heads.TryGetValue(room, out var head))
        {
            _head.Bind(1, room.Value);
            if (_head.Step())
            {
                var end = new RoomHead(_head.Int64(0), _head.Int64(1));
                // SQLite reads null as 0.
                _heads[room] = head = new LogHead(room, end, new Bar(_head.Int64(5), _head.Int64(6)))
                    .Begin(_head.Int64(2)).Rule(new WriteRules((int)_head.Int64(3), _head.Int64(4) > 0));
            }

            _head.Reset();
        }

        return head?.Begin(Math.Max(_at, head.At));     // a room's time does not go back
    }

    /// <summary>
    /// Always true: memberships end in this process alone, behind the messages of their batch, and the commit loop refuses later ones.
    /// </summary>
    bool ILogFacts.IsMember(RoomId room, UserId user) => true;

    bool ILogFacts.IsMessage(RoomId room, UserId member, long seq)
    {
        _isMessage.Bind(1, room.Value).Bind(2, seq).Bind(3, EntryKind.MessageCreated.Number).Bind(4, member.Value);
        var found = _isMessage.Step();
        _isMessage.Reset();
        return found;
    }

    bool ILogFacts.TryFindKey(in ClientKey key, out KeyUse use) => _keys.TryFind(key, out use);

    Writer ILogFacts.FindWriter(RoomId room, UserId user)
    {
        _writerOf.Bind(1, room.Value).Bind(2, user.Value);
        var writer = _writerOf.Step() ? new Writer(_writerOf.Int64(0) > 0, _writerOf.Int64(1)) : default;
        _writerOf.Reset();
        return writer;
    }

    UserId? ILogFacts.FindMember(RoomId room, string handle) => _mentions.FindMember(room, handle);

    bool ILogFacts.Blocks(UserId member, UserId sender) => _mentions.Blocks(member, sender);

    bool ILogFacts.MayMentionAll(RoomId room, UserId user) => _mentions.MayMentionAll(room, user);

    AttachedFile? ILogFacts.FindFile(long id, UserId? sender) => _files.Find(id, sender);

    bool ILogFacts.IsDue(ScheduledDraft draft)
    {
        _isDue.Bind(1, draft.Id).Bind(2, draft.Version);
        var found = _isDue.Step();
        _isDue.Reset();
        return found;
    }

    public void Dispose()
    {
        _keys.Dispose();
        SqliteStatement[] statements =
        [
            _begin, _commit, _rollback, _newest, _head, _insert, _moveHead, _isMessage, _writerOf, _takeTurn, _isDue, _unschedule,
            _unscheduleFiles,
        ];
        foreach (var statement in statements) statement.Dispose();
    }

    private void FindReferred(IReadOnlyList<BatchPart> parts, SqliteConnection connection)
    {
        _mentions.Clear();
        _files.Clear();
        foreach (var part in parts)
        {
            foreach (var room in part.Rooms)
            {
                foreach (var draft in room.Drafts)
                {
                    if (draft is MessageDraft { Attachments: { } files }) _files.Ask(files);
                    if (draft is ReferringDraft referring) _mentions.Ask(draft.Room, draft.Actor, referring.Words);
                }
            }
        }

        _mentions.Read(connection);
        _files.Read(connection);
    }

    /// <summary>Writes what few messages have, of all of the batch at once; null: none has it.</summary>
    private static void Write(SqliteConnection connection, string sql, string? rows)
    {
        if (rows is not null) connection.Execute(Dialect.Write(connection, sql), new { rows });
    }

    private void Insert(in MessageRow row)
    {
        var draft = row.Draft;
        _insert.Bind(1, draft.Room.Value).Bind(2, draft.Seq).Bind(3, EntryKind.MessageCreated.Number);
        _insert.Bind(4, draft.Actor.Value).Bind(5, row.Head.At).Bind(6, draft.Text).Bind(10, row.Number);
        if (draft.ReplyTo > 0) _insert.Bind(7, draft.ReplyTo);
        else _insert.BindNull(7);
        if (row.Key is { } key) _insert.Bind(8, key.Text).Bind(9, row.ContentHash);
        else _insert.BindNull(8).BindNull(9);
        if (draft.Mentions is { } mentions) _insert.Bind(11, mentions.Json);
        else _insert.BindNull(11);
        if (draft.Poll is { } poll) _insert.Bind(12, poll);
        else _insert.BindNull(12);
        if (draft.Attachments?.Json is { } files) _insert.Bind(13, files);
        else _insert.BindNull(13);
        _insert.Run();
    }

    private void Move(LogHead head)
    {
        if (!head.HasMoved) return;
        var (start, end) = (head.Start, head.End);
        _moveHead.Bind(1, head.Room.Value).Bind(2, end.Seq).Bind(3, end.Messages).Bind(4, head.At).Bind(5, start.Seq).Run();
        if (raw.sqlite3_changes(_writer) == 1) return;
        throw new InvalidOperationException($"the head of room {head.Room} is not {start.Seq}: another process writes to this database");
    }

    /// <summary>
    /// Returns the id of the newest message. Not the last rowid: that may be of an insert that was undone, and is used again.
    /// </summary>
    private long Newest()
    {
        _newest.Step();
        var id = _newest.Int64(0);
        _newest.Reset();
        return id;
    }

    private void Undo()
    {
        _heads.Clear();
        _keys.RolledBack();
        // Some errors, a full disk among them, have rolled back already.
        if (raw.sqlite3_get_autocommit(_writer) == 0) _rollback.Run();
    }
}
