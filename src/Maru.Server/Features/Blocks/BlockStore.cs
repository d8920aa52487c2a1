using Maru.Engine;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Http;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Blocks;

/// <summary>Lists whom somebody blocks. Any thread.</summary>
internal sealed class BlockStore(Database database)
{
    /// <summary>Returns a page of blocks. Walks the key in its order.</summary>
    public async Task<BlockPage> PageAsync(UserId user, PageRequest page, CancellationToken ct)
    {
        var rows = await database.ListAsync<Row>(
            $"""
            SELECT {UserRow.Columns("u")}, b.at FROM blocks b JOIN users u ON u.id = b.other_id
            WHERE b.user_id = @user AND b.other_id > @after ORDER BY b.other_id LIMIT @limit
            """,
            new { user = user.Value, after = page.After?.Id ?? 0, limit = page.Size + 1 },
            ct);
        var next = rows.Count > page.Size ? new PageCursor(rows[page.Size - 1].Id).ToString() : null;
        return new BlockPage([.. rows.Take(page.Size).Select(row => row.ToBlock())], next);
    }

    private sealed record Row(long Id, string Handle, string Name, string? AvatarUrl, long At)
    {
        public Block ToBlock() => new(new User(Id, Handle, Name, AvatarUrl), DateTimeOffset.FromUnixTimeMilliseconds(At));
    }
}
