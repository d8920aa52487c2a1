using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Storage;
using Maru.Server.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Maru.Server.RoomLog;

/// <summary>The rooms' log in SQLite. Appends on the commit loop's thread, reads on any.</summary>
internal sealed class SqliteRoomLog : IRoomLog, IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly sqlite3 _writer;
    private readonly SqliteCommitter _committer;
    private readonly WalCheckpoints _checkpoints;

    public SqliteRoomLog(SqliteDatabase database, TimeProvider time, ILogger<SqliteRoomLog> log)
    {
        _database = database;
        using var lease = database.EnterWriter();
        _writer = lease.Connection.Handle ?? throw new InvalidOperationException("the writer is not open");
        _committer = new SqliteCommitter(_writer, time);
        _checkpoints = new WalCheckpoints(database, log);
    }

    /// <summary>There is one writer.</summary>
    public int Loops => 1;

    public bool IsShared => false;

    public void Append(IReadOnlyList<BatchPart> parts)
    {
        using var lease = _database.EnterWriter();
        int messages;
        try
        {
            messages = _committer.Append(parts, lease.Connection);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is not (SqliteErrors.Constraint or raw.SQLITE_ERROR))
        {
            throw new RoomLogException(SqliteErrors.ProblemOf(e), e);
        }

        _checkpoints.Committed(_writer, messages);
    }

    public async ValueTask<MembershipState> ReadMembershipAsync(RoomId room, UserId user, CancellationToken ct)
    {
        var found = await _database.FirstAsync<MembershipRow>(
            """
            SELECT h.last_seq, h.messages, m.user_id IS NOT NULL AS is_member, (SELECT number FROM name_changes WHERE id = 1) AS names,
              coalesce(m.join_seq, 0) AS joined, coalesce(h.barred_by, 0) AS barred_by, coalesce(h.bar_changes, 0) AS bar_changes,
              (SELECT r.history = 'joined' FROM rooms r WHERE r.id = h.room_id) AS hides_past
            FROM room_heads h LEFT JOIN members m ON m.room_id = h.room_id AND m.user_id = @user WHERE h.room_id = @room
            """,
            new { room = room.Value, user = user.Value },
            ct);
        return found?.ToState() ?? default;
    }

    /// <summary>Not used: the store is not shared.</summary>
    public ValueTask<IReadOnlyDictionary<RoomId, RoomHead>> ReadHeadsAsync(IReadOnlyList<RoomId> rooms, CancellationToken ct) =>
        throw new NotSupportedException();

    public async ValueTask<IReadOnlyList<Entry>> ReadAsync(RoomId room, long after, long last, int maxBytes, CancellationToken ct)
    {
        await using var connection = await _database.OpenReadAsync(ct);
        return await MessageRows.ReadLogAsync(connection, room, after, last, maxBytes);
    }

    public void Dispose()
    {
        _checkpoints.Dispose();
        using var lease = _database.EnterWriter();
        _committer.Dispose();
    }

    private sealed record MembershipRow(
        long LastSeq, long Messages, long IsMember, long Names, long Joined, long BarredBy, long BarChanges, long HidesPast)
    {
        public MembershipState ToState() => new(IsMember > 0, new RoomHead(LastSeq, Messages), Names, new Bar(BarredBy, BarChanges))
        {
            Joined = Joined,
            HidesPast = HidesPast > 0,
        };
    }
}
