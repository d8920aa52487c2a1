using System.Data.Common;
using Maru.Engine;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Contacts;

/// <summary>Two people, whose dealings with each other come one after the other.</summary>
internal static class Pair
{
    /// <summary>
    /// Locks both until the transaction ends, always the lower id first, and returns those of them who exist. Not as firmly as for a
    /// deletion: a commit that makes one of them a member of some room does not wait.
    /// </summary>
    public static Task<IReadOnlyList<UserRow>> LockAsync(DbTransaction transaction, UserId user, UserId other, CancellationToken ct) =>
        transaction.ListAsync<UserRow>(
            $"""
            SELECT {UserRow.Columns("u")} FROM users u
            WHERE u.id IN @people AND u.deleted_at IS NULL ORDER BY u.id FOR NO KEY UPDATE OF u
            """,
            new { people = new[] { user.Value, other.Value } },
            ct);
}
