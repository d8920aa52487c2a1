using System.Collections.Concurrent;
using Maru.Engine;
using Maru.Engine.Commit;
using Maru.Engine.Rooms;
using Npgsql;

namespace Maru.Server.Storage.Postgres;

/// <summary>
/// The rooms' log in PostgreSQL, written by several nodes and several loops of each: every loop has a connection of its own while it appends. Appends on the commit
/// loops' threads, reads on any.
/// </summary>
internal sealed class PostgresRoomLog(PostgresDatabase database, PostgresOptions options, TimeProvider time) : IRoomLog, IDisposable
{
    private readonly ConcurrentBag<PostgresCommitter> _idle = [];

    public int Loops => options.CommitLoops;

    public bool IsShared => true;

    public void Append(IReadOnlyList<BatchPart> parts)
    {
        try
        {
            if (_idle.TryTake(out var used))
            {
                try
                {
                    Append(used, parts);
                    return;
                }
                catch (Exception e) when (used.WasGone && e is InvalidOperationException or NpgsqlException { InnerException: not TimeoutException })
                {
                    // The connection was lost since it was used last. Nothing was sent that may be committed: a new one does it.
                }
            }

            Append(new PostgresCommitter(database.OpenOwn(), time), parts);
        }
        catch (NpgsqlException e) when (PostgresErrors.ProblemOf(e) is var problem && problem != Problem.Internal)
        {
            throw new RoomLogException(problem, e);
        }
    }

    public async ValueTask<MembershipState> ReadMembershipAsync(RoomId room, UserId user, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        await using var command = (NpgsqlCommand)connection.CreateCommand();
        command.CommandText = "SELECT h.last_seq, EXISTS (SELECT 1 FROM members m WHERE m.room_id = h.room_id AND m.user_id = $2) FROM room_heads h WHERE h.room_id = $1";
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = room.Value });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = user.Value });
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new MembershipState(row.GetBoolean(1), row.GetInt64(0)) : new MembershipState(false, 0);
    }

    public async ValueTask<IReadOnlyDictionary<RoomId, long>> ReadHeadsAsync(IReadOnlyList<RoomId> rooms, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        await using var command = (NpgsqlCommand)connection.CreateCommand();
        command.CommandText = "SELECT room_id, last_seq FROM room_heads WHERE room_id = ANY($1)";
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. rooms.Select(x => x.Value)] });
        await using var row = await command.ExecuteReaderAsync(ct);
        var heads = new Dictionary<RoomId, long>(rooms.Count);
        while (await row.ReadAsync(ct)) heads[new RoomId(row.GetInt64(0))] = row.GetInt64(1);
        return heads;
    }

    public async ValueTask<IReadOnlyList<Entry>> ReadAsync(RoomId room, long after, long last, int maxBytes, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return MessageRows.ReadLog(connection, room, after, last, maxBytes);
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var committer)) committer.Dispose();
    }

    private void Append(PostgresCommitter committer, IReadOnlyList<BatchPart> parts)
    {
        try
        {
            committer.Append(parts);
            _idle.Add(committer);
        }
        catch
        {
            committer.Dispose();
            throw;
        }
    }
}
