using Maru.Engine;
using Maru.Server.Platform.Http;
using Maru.Server.Storage;

namespace Maru.Server.Features.Scheduled;

/// <summary>Reads what somebody has scheduled. Any thread.</summary>
internal sealed class ScheduledLists(Database database)
{
    public Task<ScheduledRow?> FindAsync(UserId user, long id, CancellationToken ct) => database.FirstAsync<ScheduledRow>(
        $"{ScheduledRow.Select} WHERE id = @id AND user_id = @user", new { id, user = user.Value }, ct);

    /// <summary>
    /// Returns a page, the earliest first, of one room or of all. Walks the index of the user's own rows, of which there are few.
    /// </summary>
    public async Task<ScheduledPage> ListAsync(UserId user, long? room, PageRequest page, CancellationToken ct)
    {
        var rows = await database.ListAsync<ScheduledRow>(
            $"""
            {ScheduledRow.Select} WHERE user_id = @user AND (at, id) > (@at, @id){(room is null ? "" : " AND room_id = @room")}
            ORDER BY at, id LIMIT @limit
            """,
            new { user = user.Value, room, at = page.After?.NumericKey ?? 0, id = page.After?.Id ?? 0, limit = page.Size + 1 },
            ct);
        var last = rows.Count > page.Size ? rows[page.Size - 1] : null;
        return new ScheduledPage(
            [.. rows.Take(page.Size).Select(row => row.ToMessage())], last is null ? null : new PageCursor(last.At, last.Id).ToString());
    }
}
