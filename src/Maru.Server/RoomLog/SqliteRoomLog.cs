using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Storage;
using Maru.Server.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Maru.Server.RoomLog;

/// <summary>The rooms' log in SQLite: one transaction a batch, one sync a transaction. Appends on the commit loop's thread, reads on any.</summary>
internal sealed class SqliteRoomLog : IRoomLog, IDisposable
{
    private const int MaxHeads = 100_000;

    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;
    private readonly sqlite3 _writer;
    private readonly WalCheckpoints _checkpoints;
    private readonly MessageKeys _keys;
    private readonly Dictionary<long, long> _heads = [];
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _savepoint;
    private readonly SqliteStatement _rollbackTo;
    private readonly SqliteStatement _release;
    private readonly SqliteStatement _newest;
    private readonly SqliteStatement _head;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _moveHead;
    private readonly SqliteStatement _isMessage;

    public SqliteRoomLog(SqliteDatabase database, TimeProvider time, ILogger<SqliteRoomLog> log)
    {
        (_database, _time) = (database, time);
        using var lease = database.EnterWriter();
        _writer = lease.Connection.Handle ?? throw new InvalidOperationException("the writer is not open");
        _begin = new SqliteStatement(_writer, "BEGIN IMMEDIATE");
        _commit = new SqliteStatement(_writer, "COMMIT");
        _rollback = new SqliteStatement(_writer, "ROLLBACK");
        _savepoint = new SqliteStatement(_writer, "SAVEPOINT part");
        _rollbackTo = new SqliteStatement(_writer, "ROLLBACK TO part");
        _release = new SqliteStatement(_writer, "RELEASE part");
        _newest = new SqliteStatement(_writer, "SELECT coalesce(max(id), 0) FROM messages");
        _head = new SqliteStatement(_writer, "SELECT last_seq FROM room_heads WHERE room_id = ?1");
        _insert = new SqliteStatement(
            _writer,
            "INSERT INTO messages (room_id, seq, type, sender_id, at, text, reply_to, client_key, content_hash) VALUES (?1, ?2, ?9, ?3, ?4, ?5, ?6, ?7, ?8)");
        _moveHead = new SqliteStatement(_writer, "UPDATE room_heads SET last_seq = ?2, last_at = ?3 WHERE room_id = ?1 AND last_seq = ?4");
        _isMessage = new SqliteStatement(_writer, "SELECT 1 FROM messages WHERE room_id = ?1 AND seq = ?2 AND type = ?3");
        _keys = new MessageKeys(_writer);
        _checkpoints = new WalCheckpoints(database, log);
    }

    /// <summary>There is one writer.</summary>
    public int Loops => 1;

    public bool IsShared => false;

    public void Append(IReadOnlyList<BatchPart> parts)
    {
        using var lease = _database.EnterWriter();
        var at = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var messages = 0;
        try
        {
            _begin.Run();
            foreach (var part in parts) messages += Append(part, at, lease.Connection);
            _keys.Settle(messages, Newest());
            _commit.Run();
        }
        catch (Exception e)
        {
            Undo();
            if (e is SqliteException { SqliteErrorCode: not SqliteErrors.Constraint and not raw.SQLITE_ERROR } sqlite) throw new RoomLogException(SqliteErrors.ProblemOf(sqlite), e);
            throw;
        }

        _keys.Committed();
        _checkpoints.Committed(_writer, messages);
        if (_heads.Count > MaxHeads) _heads.Clear();
    }

    public async ValueTask<MembershipState> ReadMembershipAsync(RoomId room, UserId user, CancellationToken ct)
    {
        var found = await _database.FirstAsync<Place>(
            "SELECT h.last_seq AS head, EXISTS (SELECT 1 FROM members m WHERE m.room_id = h.room_id AND m.user_id = @user) AS is_member FROM room_heads h WHERE h.room_id = @room",
            new { room = room.Value, user = user.Value },
            ct);
        return found is null ? new MembershipState(false, 0) : new MembershipState(found.IsMember > 0, found.Head);
    }

    /// <summary>Nobody asks: the store is not shared.</summary>
    public ValueTask<IReadOnlyDictionary<RoomId, long>> ReadHeadsAsync(IReadOnlyList<RoomId> rooms, CancellationToken ct) => throw new NotSupportedException();

    public async ValueTask<IReadOnlyList<Entry>> ReadAsync(RoomId room, long after, long last, int maxBytes, CancellationToken ct)
    {
        await using var connection = await _database.OpenReadAsync(ct);
        return await MessageRows.ReadLogAsync(connection, room, after, last, maxBytes);
    }

    public void Dispose()
    {
        _checkpoints.Dispose();
        using var lease = _database.EnterWriter();
        _keys.Dispose();
        foreach (var statement in (SqliteStatement[])[_begin, _commit, _rollback, _savepoint, _rollbackTo, _release, _newest, _head, _insert, _moveHead, _isMessage]) statement.Dispose();
    }

    /// <summary>Appends a part's drafts; answers how many messages were new.</summary>
    private int Append(BatchPart part, long at, SqliteConnection connection)
    {
        var messages = 0;
        if (part.IsAtomic) _savepoint.Run();
        foreach (var room in part.Rooms) messages += Append(room, at, connection);
        if (!part.IsAtomic) return messages;
        if (part.IsRefused)
        {
            _rollbackTo.Run();
            Forget(part);
            messages = 0;
        }

        _release.Run();
        return messages;
    }

    /// <summary>What is kept in memory of a part that was undone.</summary>
    private void Forget(BatchPart part)
    {
        foreach (var room in part.Rooms)
        {
            _heads.Remove(room.Room.Value);
            foreach (var draft in room.Drafts)
            {
                if (draft is MessageDraft { Refusal: null, IsRepeat: false, ClientKey: { } key }) _keys.Forget(room.Room.Value, draft.Actor.Value, key);
            }
        }
    }

    /// <summary>Appends a room's drafts; answers how many messages were new.</summary>
    private int Append(RoomBatch batch, long at, SqliteConnection connection)
    {
        var room = batch.Room.Value;
        if (!TryReadHead(room, out var head))
        {
            foreach (var draft in batch.Drafts) draft.Refuse(Problem.NotFound);
            return 0;
        }

        var (last, messages) = (head, 0);
        foreach (var draft in batch.Drafts)
        {
            if (draft.Refusal is not null) continue;
            if (draft is MessageDraft message) messages += Append(message, ref last, at) ? 1 : 0;
            else Append((RoomWrite)draft, ref last, at, connection);
        }

        if (last == head) return messages;
        _moveHead.Bind(1, room).Bind(2, last).Bind(3, at).Bind(4, head).Run();
        if (raw.sqlite3_changes(_writer) != 1) throw new InvalidOperationException($"the head of room {room} is not {head}: another process writes to this database");
        _heads[room] = last;
        return messages;
    }

    private bool Append(MessageDraft draft, ref long last, long at)
    {
        var (room, sender, key) = (draft.Room.Value, draft.Actor.Value, draft.ClientKey);
        var hash = key is null ? 0 : KeyUse.HashOf(draft);
        if (key is not null && _keys.TryFind(room, sender, key, out var use))
        {
            use.Answer(draft, hash);
            return false;
        }

        if (draft.ReplyTo > 0 && !IsMessage(room, draft.ReplyTo))
        {
            draft.Refuse(new Refusal(Problem.Invalid, "replyTo must be the seq of a message in this room.", "replyTo"));
            return false;
        }

        var seq = ++last;
        _insert.Bind(1, room).Bind(2, seq).Bind(3, sender).Bind(4, at).Bind(5, draft.Text).Bind(9, EntryKind.MessageCreated.Number);
        if (draft.ReplyTo > 0) _insert.Bind(6, draft.ReplyTo);
        else _insert.BindNull(6);
        if (key is not null)
        {
            _insert.Bind(7, key).Bind(8, hash).Run();
            _keys.Add(room, sender, key, new KeyUse(seq, hash));
        }
        else
        {
            _insert.BindNull(7).BindNull(8).Run();
        }

        draft.Committed(seq, at);
        return true;
    }

    private static void Append(RoomWrite write, ref long last, long at, SqliteConnection connection)
    {
        var transaction = new RoomTransaction(connection, write.Room, last, at);
        transaction.Execute("SAVEPOINT room_write", null);
        if (write.Run(transaction) is { } problem)
        {
            transaction.Execute("ROLLBACK TO room_write", null);
            write.Refuse(problem);
        }
        else
        {
            last = transaction.Head;
            write.Committed(last);
        }

        transaction.Execute("RELEASE room_write", null);
    }

    private bool TryReadHead(long room, out long head)
    {
        if (_heads.TryGetValue(room, out head)) return true;
        _head.Bind(1, room);
        var found = _head.Step();
        if (found) _heads[room] = head = _head.Int64(0);
        _head.Reset();
        return found;
    }

    /// <summary>The id of the newest message. Not the last rowid given out: that may be one that was undone, and is given out again.</summary>
    private long Newest()
    {
        _newest.Step();
        var id = _newest.Int64(0);
        _newest.Reset();
        return id;
    }

    private bool IsMessage(long room, long seq)
    {
        _isMessage.Bind(1, room).Bind(2, seq).Bind(3, EntryKind.MessageCreated.Number);
        var found = _isMessage.Step();
        _isMessage.Reset();
        return found;
    }

    private void Undo()
    {
        _heads.Clear();
        _keys.RolledBack();
        // Some errors, a full disk among them, have rolled back already.
        if (raw.sqlite3_get_autocommit(_writer) == 0) _rollback.Run();
    }

    private sealed record Place(long Head, long IsMember);
}
