using System.Data.Common;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Cluster;
using Maru.Server.Storage;

namespace Maru.Server.Followers;

/// <summary>Reads and writes the state of followers: the node that runs each, and its position in each room. Any thread.</summary>
internal sealed class FollowerStore(Database database, IRoomLog log, ThisNode node, FollowerOptions options)
{
    /// <summary>Stores the follower's name and start, the first time that it runs.</summary>
    public Task RegisterAsync(string follower, FollowerStart start, CancellationToken ct) => database.WriteAsync(
        async (transaction, inner) =>
        {
            var isNew = await transaction.ExecuteAsync(
                "INSERT INTO followers (name) VALUES (@follower) ON CONFLICT DO NOTHING", new { follower }, inner) > 0;
            if (!isNew || start == FollowerStart.Beginning) return;
            await transaction.ExecuteAsync(
                """
                INSERT INTO follower_positions (follower, room_id, seq)
                SELECT @follower, room_id, last_seq FROM room_heads WHERE last_seq > 0
                """,
                new { follower },
                inner);
        },
        ct);

    /// <summary>Takes the lease. False: another node has it.</summary>
    public Task<bool> HoldAsync(string follower, CancellationToken ct) => database.WriteAsync(
        async (transaction, inner) => await transaction.ExecuteAsync(
            $"""
            UPDATE followers SET node = @Node, lease_until = {database.Clock} + @Lease
            WHERE name = @follower AND (node = @Node OR lease_until < {database.Clock} OR @alone)
            """,
            new { follower, Node = node.Id.ToString(), Lease = (long)options.Lease.TotalMilliseconds, alone = !log.IsShared },
            inner) > 0,
        ct);

    /// <summary>
    /// Renews the lease. False: another node has it, or had it meanwhile, so what this one has read may be older than what that wrote.
    /// </summary>
    public Task<bool> RenewAsync(string follower, CancellationToken ct) => database.WriteAsync(
        async (transaction, inner) => await transaction.ExecuteAsync(
            $"UPDATE followers SET lease_until = {database.Clock} + @Lease WHERE name = @follower AND node = @Node",
            new { follower, Node = node.Id.ToString(), Lease = (long)options.Lease.TotalMilliseconds },
            inner) > 0,
        ct);

    /// <summary>
    /// Returns whether this node was the last one to take the leases; then no other one takes them before the end of the transaction.
    /// PostgreSQL alone.
    /// </summary>
    public async Task<bool> LockAsync(DbTransaction transaction, IReadOnlyCollection<string> followers, CancellationToken ct) =>
        (await transaction.ListAsync<string>(
            "SELECT name FROM followers WHERE name = ANY(@followers) AND node = @Node ORDER BY name FOR SHARE",
            new { followers = followers.ToArray(), Node = node.Id.ToString() },
            ct)).Count == followers.Count;

    /// <summary>Gives the lease back, so that another node need not wait for its end.</summary>
    public Task ReleaseAsync(string follower, CancellationToken ct) => database.WriteAsync(
        (transaction, inner) => transaction.ExecuteAsync(
            "UPDATE followers SET lease_until = 0 WHERE name = @follower AND node = @Node",
                new { follower, Node = node.Id.ToString() },
                inner),
        ct);

    /// <summary>Returns the rooms whose logs go beyond the follower's position, in the order of their ids.</summary>
    /// <param name="follower">its name</param>
    /// <param name="after">the room behind which it begins</param>
    /// <param name="limit">rooms at most</param>
    public async Task<IReadOnlyList<RoomId>> ListBehindAsync(string follower, RoomId after, int limit, CancellationToken ct)
    {
        var rooms = await database.ListAsync<long>(
            """
            SELECT h.room_id FROM room_heads h LEFT JOIN follower_positions p ON p.follower = @follower AND p.room_id = h.room_id
            WHERE h.room_id > @after AND h.last_seq > coalesce(p.seq, 0)
            ORDER BY h.room_id LIMIT @limit
            """,
            new { follower, after = after.Value, limit },
            ct);
        return [.. rooms.Select(x => new RoomId(x))];
    }

    /// <summary>Returns the last seq of the room that the follower handled, 0 for none.</summary>
    public Task<long> FindAsync(string follower, RoomId room, CancellationToken ct) => database.FirstAsync<long>(
        "SELECT seq FROM follower_positions WHERE follower = @follower AND room_id = @room", new { follower, room = room.Value }, ct);

    /// <summary>Moves positions forward. False, and nothing is moved: another node runs the follower by now.</summary>
    public Task<bool> MoveAsync(string follower, IReadOnlyCollection<KeyValuePair<RoomId, long>> positions, CancellationToken ct) =>
        database.WriteAsync(
            async (transaction, inner) =>
            {
                // Locks the row: a node that takes the lease over waits for this, and this for it.
                var isHeld = await transaction.ExecuteAsync(
                    "UPDATE followers SET node = node WHERE name = @follower AND node = @Node",
                    new { follower, Node = node.Id.ToString() },
                    inner) > 0;
                if (!isHeld) return false;
                await transaction.ExecuteAsync(
                    """
                    WITH x (room_id, seq) AS ROWS @rows
                    INSERT INTO follower_positions (follower, room_id, seq) SELECT @follower, room_id, seq FROM x WHERE true
                    ON CONFLICT (follower, room_id) DO UPDATE SET seq = excluded.seq WHERE follower_positions.seq < excluded.seq
                    """,
                    new { follower, rows = Dialect.Rows(positions.Select(x => (long[])[x.Key.Value, x.Value])) },
                    inner);
                return true;
            },
            ct);
}
