using Maru.Engine;
using Maru.Engine.People;
using Maru.Server.Storage;

namespace Maru.Server.Features.Presence;

/// <summary>Reads who shows their presence, and to whom. Any thread.</summary>
internal sealed class PresenceStore(Database database)
{
    /// <summary>
    /// Returns those of the people whom the viewer may see: themselves, and who shares a room with them and does not block them. Who hides
    /// is seen by nobody, and sees nobody. One person is looked up after the other: as a join, PostgreSQL may begin with all members of the
    /// viewer's rooms. It is the engine's <see cref="PresenceSight"/>.
    /// </summary>
    public async Task<IReadOnlyList<SeenPerson>> SeeAsync(UserId viewer, IReadOnlyCollection<UserId> people, CancellationToken ct)
    {
        var rows = await database.ListAsync<Row>(
            """
            SELECT u.id, CASE WHEN u.hides_last_seen <> 0 THEN -1 ELSE coalesce(l.at, 0) END AS last_seen_at
            FROM users u LEFT JOIN last_seen l ON l.user_id = u.id
            WHERE u.id IN @people AND u.deleted_at IS NULL AND u.hides_presence = 0
              AND EXISTS (SELECT 1 FROM users me WHERE me.id = @viewer AND me.deleted_at IS NULL AND me.hides_presence = 0)
              AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.user_id = u.id AND b.other_id = @viewer)
              AND (u.id = @viewer OR (
                SELECT 1 FROM members theirs JOIN members mine ON mine.room_id = theirs.room_id AND mine.user_id = @viewer
                WHERE theirs.user_id = u.id LIMIT 1) = 1)
            """,
            new { viewer = viewer.Value, people = people.Select(x => x.Value).ToArray() },
            ct);
        return [.. rows.Select(row => new SeenPerson(new UserId(row.Id), row.LastSeenAt))];
    }

    /// <summary>Returns those of the users who do not show their presence.</summary>
    public async Task<IReadOnlySet<UserId>> HiddenAsync(UserId[] users, CancellationToken ct)
    {
        var hidden = await database.ListAsync<long>(
            "SELECT id FROM users WHERE id IN @users AND hides_presence <> 0", new { users = Array.ConvertAll(users, x => x.Value) }, ct);
        return hidden.Select(id => new UserId(id)).ToHashSet();
    }

    private sealed record Row(long Id, long LastSeenAt);
}
