using System.Collections.Concurrent;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.Storage;
using Maru.Server.Storage.Postgres;
using Npgsql;

namespace Maru.Server.RoomLog;

/// <summary>
/// The rooms' log in PostgreSQL, written by several nodes and several loops of each: every loop has its own connection while it appends.
/// Appends on the commit loops' threads, reads on any. Statements ignore cancellation, for the reason that <see cref="Queries"/> gives.
/// </summary>
internal sealed class PostgresRoomLog(PostgresDatabase database, PostgresOptions options, TimeProvider time) : IRoomLog, IDisposable
{
    private readonly ConcurrentBag<PostgresCommitter> _idle = [];
    private readonly BatchReader<(long Room, long User), Member> _members =
        new(members => ReadMembersAsync(database, members), x => (x.Room, x.User));

    public int Loops => options.CommitLoops;

    public bool IsShared => true;

    public void Append(IReadOnlyList<BatchPart> parts)
    {
        try
        {
            try
            {
                AppendOnce(parts);
            }
            catch (PostgresException e) when (PostgresErrors.IsConflict(e))
            {
                foreach (var draft in parts.SelectMany(x => x.Rooms).SelectMany(x => x.Drafts)) draft.Prepare();
                AppendOnce(parts);
            }
        }
        catch (NpgsqlException e) when (PostgresErrors.ProblemOf(e) is var problem && problem != Problem.Internal)
        {
            throw new RoomLogException(problem, e);
        }
    }

    public async ValueTask<MembershipState> ReadMembershipAsync(RoomId room, UserId user, CancellationToken ct) =>
        await _members.FindAsync((room.Value, user.Value), ct) is { } member ? member.State : default;

    public async ValueTask<IReadOnlyDictionary<RoomId, RoomHead>> ReadHeadsAsync(IReadOnlyList<RoomId> rooms, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        await using var command = (NpgsqlCommand)connection.CreateCommand();
        command.CommandText = "SELECT room_id, last_seq, messages FROM room_heads WHERE room_id = ANY($1)";
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. rooms.Select(x => x.Value)] });
        await using var row = await command.ExecuteReaderAsync(CancellationToken.None);
        var heads = new Dictionary<RoomId, RoomHead>(rooms.Count);
        while (await row.ReadAsync(CancellationToken.None))
            heads[new RoomId(row.GetInt64(0))] = new RoomHead(row.GetInt64(1), row.GetInt64(2));
        return heads;
    }

    public async ValueTask<IReadOnlyList<Entry>> ReadAsync(RoomId room, long after, long last, int maxBytes, CancellationToken ct)
    {
        await using var connection = await database.OpenReadAsync(ct);
        return await MessageRows.ReadLogAsync(connection, room, after, last, maxBytes);
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var committer)) committer.Dispose();
    }

    private static async Task<IReadOnlyList<Member>> ReadMembersAsync(PostgresDatabase database, (long Room, long User)[] members)
    {
        await using var connection = await database.OpenReadAsync(CancellationToken.None);
        await using var command = (NpgsqlCommand)connection.CreateCommand();
        command.CommandText =
            """
            SELECT x.room_id, x.user_id, m.user_id IS NOT NULL, h.last_seq, h.messages,
              (SELECT number FROM name_changes WHERE id = 1), coalesce(h.barred_by, 0), coalesce(h.bar_changes, 0),
              coalesce(m.join_seq, 0), r.history = 'joined'
            FROM unnest($1, $2) AS x (room_id, user_id) JOIN room_heads h ON h.room_id = x.room_id JOIN rooms r ON r.id = x.room_id
            LEFT JOIN members m ON m.room_id = x.room_id AND m.user_id = x.user_id
            """;
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = Array.ConvertAll(members, x => x.Room) });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = Array.ConvertAll(members, x => x.User) });
        await using var row = await command.ExecuteReaderAsync();
        List<Member> found = new(members.Length);
        while (await row.ReadAsync())
        {
            var head = new RoomHead(row.GetInt64(3), row.GetInt64(4));
            var state = new MembershipState(row.GetBoolean(2), head, row.GetInt64(5), new Bar(row.GetInt64(6), row.GetInt64(7)))
            {
                Joined = row.GetInt64(8),
                HidesPast = row.GetBoolean(9),
            };
            found.Add(new Member(row.GetInt64(0), row.GetInt64(1), state));
        }

        return found;
    }

    private void AppendOnce(IReadOnlyList<BatchPart> parts)
    {
        if (_idle.TryTake(out var used))
        {
            try
            {
                Append(used, parts);
                return;
            }
            catch (Exception e) when (
                used.WasGone && e is InvalidOperationException or NpgsqlException { InnerException: not TimeoutException })
            {
                // The connection was lost since its last use. Nothing was sent that may be committed, so a new one repeats the append.
            }
        }

        Append(new PostgresCommitter(database.OpenOwn(), time), parts);
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

    private sealed record Member(long Room, long User, MembershipState State);
}
