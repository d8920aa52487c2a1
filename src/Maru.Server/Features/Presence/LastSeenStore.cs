using System.Data.Common;
using Maru.Engine;
using Maru.Engine.Bus;
using Maru.Engine.People;
using Maru.Server.Cluster;
using Maru.Server.Storage;

namespace Maru.Server.Features.Presence;

/// <summary>
/// Keeps when people were there last. Who leaves is stored with the others who left in that second. Who is there is one row of the node,
/// written every few seconds: when the node dies, another one, or the next one on the store, takes from it who was there until then.
/// </summary>
/// <param name="isShared">true where other nodes run on the store</param>
internal sealed class LastSeenStore(Database database, ThisNode node, ChatEngine engine, bool isShared)
{
    private const int MostAtOnce = 1000;
    private const byte Version = 1;

    private readonly string _node = node.Id.ToString();
    private readonly long _dead = 2 * (long)engine.Options.Presence.Lease.TotalMilliseconds;
    private bool _isWritten;

    /// <summary>Stores when people left.</summary>
    public Task KeepAsync(IReadOnlyList<PersonPresence> left, CancellationToken ct) => database.WriteAsync(
        async (transaction, inner) =>
        {
            foreach (var second in left.GroupBy(x => x.LastSeen / 1000))
                await KeepAsync(transaction, [.. second.Select(x => x.User.Value)], second.Max(x => x.LastSeen), inner);
        },
        ct);

    /// <summary>Stores who is there; nothing where nobody is and nobody was.</summary>
    public async Task NoteAsync(UserId[] here, CancellationToken ct)
    {
        if (here.Length == 0 && !_isWritten) return;
        await database.WriteAsync(
            (transaction, inner) => transaction.ExecuteAsync(
                here.Length == 0
                    ? "DELETE FROM present WHERE node = @node"
                    : $"""
                      INSERT INTO present (node, at, users) VALUES (@node, {database.Clock}, @users)
                      ON CONFLICT (node) DO UPDATE SET at = excluded.at, users = excluded.users
                      """,
                new { node = _node, users = Write(here) },
                inner),
            ct);
        _isWritten = here.Length > 0;
    }

    /// <summary>Takes over from nodes that died. A store of one node has no other that lives.</summary>
    public async Task TakeOverAsync(CancellationToken ct)
    {
        var isDead = isShared ? $"node <> @node AND at < {database.Clock} - @dead" : "node <> @node";
        var nodes = await database.ListAsync<Row>(
            $"SELECT node, at, users FROM present WHERE {isDead}", new { node = _node, dead = _dead }, ct);
        foreach (var dead in nodes)
        {
            await database.WriteAsync(
                async (transaction, inner) =>
                {
                    foreach (var users in Read(dead.Users).Chunk(MostAtOnce)) await KeepAsync(transaction, users, dead.At, inner);
                    const string delete = "DELETE FROM present WHERE node = @Node AND at = @At";
                    await transaction.ExecuteAsync(delete, new { dead.Node, dead.At }, inner);
                },
                ct);
        }
    }

    private static async Task KeepAsync(DbTransaction transaction, long[] users, long at, CancellationToken ct)
    {
        foreach (var some in users.Chunk(MostAtOnce))
        {
            await transaction.ExecuteAsync(
                """
                INSERT INTO last_seen (user_id, at)
                SELECT id, @at FROM users WHERE id IN @some AND deleted_at IS NULL AND hides_presence = 0 AND hides_last_seen = 0
                ON CONFLICT (user_id) DO UPDATE SET at = excluded.at WHERE last_seen.at < excluded.at
                """,
                new { some, at },
                ct);
        }
    }

    /// <summary>Ids in order, each as its distance from the one before.</summary>
    private static byte[] Write(UserId[] users)
    {
        var ids = Array.ConvertAll(users, x => x.Value);
        Array.Sort(ids);
        var frame = FrameWriter.Begin(Version);
        var last = 0L;
        foreach (var id in ids)
        {
            frame.Number(id - last);
            last = id;
        }

        return frame.Written.ToArray();
    }

    private static List<long> Read(byte[] users)
    {
        List<long> ids = [];
        var reader = new FrameReader(users);
        if (reader.Byte() != Version) return ids;
        for (var last = 0L; !reader.IsAtEnd; ids.Add(last)) last += reader.Number();
        return ids;
    }

    private sealed record Row(string Node, long At, byte[] Users);
}
