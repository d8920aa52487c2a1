using System.Runtime.CompilerServices;
using Maru.Server.Storage;

namespace Maru.Server.Commands;

/// <summary>A table as it is moved from one store to another: rows in the order of their key, both stores alike.</summary>
/// <param name="Name">the same in both stores</param>
/// <param name="Key">the columns that name a row</param>
internal sealed record StoreTable(string Name, params string[] Key)
{
    /// <summary>
    /// All tables of people and rooms, each behind those that it refers to. Tables for a store's own use are left out: the migrations, the
    /// nodes and who is connected to them, how often names changed, what the last audit found, SQLite's index of client keys, the
    /// index of search, which is made of the messages, and what triggers make: what people and rooms are found by, members by position, and
    /// mentions by block.
    /// </summary>
    public static readonly StoreTable[] All =
    [
        new("users", "id"),
        new("last_seen", "user_id"),
        new("retired_handles", "hash"),
        new("external_identities", "issuer", "subject"),
        new("sessions", "id"),
        new("spent_refresh_tokens", "hash"),
        new("contacts", "user_id", "other_id"),
        new("declined_contacts", "user_id", "other_id"),
        new("blocks", "user_id", "other_id"),
        new("files", "id"),
        new("preview_pictures", "id"),
        new("link_previews", "hash"),
        new("uploads", "id"),
        new("upload_parts", "upload_id", "start", "nonce"),
        new("rooms", "id"),
        new("room_heads", "room_id"),
        new("own_counts", "room_id"),
        new("members", "room_id", "user_id"),
        new("bans", "room_id", "user_id"),
        new("leavers", "room_id", "user_id"),
        new("invitations", "room_id", "number"),
        new("slow_turns", "room_id", "user_id"),
        new("room_settings", "user_id", "room_id"),
        new("pending_members", "user_id", "room_id"),
        new("bars_due", "room_id"),
        new("messages", "room_id", "seq"),
        new("message_files", "room_id", "seq", "position"),
        new("message_previews", "room_id", "seq", "picture_id"),
        new("deleted_blocks", "room_id", "block"),
        new("changes", "room_id", "seq"),
        new("reactions", "room_id", "seq", "user_id", "emoji"),
        new("pins", "room_id", "seq"),
        new("poll_votes", "room_id", "seq", "user_id", "option_id"),
        new("mentions", "room_id", "seq", "user_id"),
        new("stars", "user_id", "room_id", "seq"),
        new("drafts", "user_id", "room_id"),
        new("scheduled", "id"),
        new("scheduled_files", "scheduled_id", "file_id"),
        new("followers", "name"),
        new("follower_positions", "follower", "room_id"),
    ];

    /// <summary>
    /// Returns the columns, those of the key first. <paramref name="store"/> is the PostgreSQL one: SQLite has the same, and also a row
    /// number in messages.
    /// </summary>
    public async Task<string[]> ColumnsAsync(Database store, CancellationToken ct)
    {
        var columns = await store.ListAsync<string>(
            """
            SELECT column_name FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name = @Name ORDER BY ordinal_position
            """,
            new { Name }, ct);
        return [.. Key, .. columns.Except(Key)];
    }

    public Task<long> CountAsync(Database store, CancellationToken ct) => store.FirstAsync<long>($"SELECT count(*) FROM {Name}", null, ct);

    /// <summary>Returns the key of the last row, or null when there is none.</summary>
    public async Task<object?[]?> LastKeyAsync(Database store, CancellationToken ct)
    {
        var descending = string.Join(", ", Key.Select(column => $"{column} DESC"));
        var newest = $"SELECT {string.Join(", ", Key)} FROM {Name} ORDER BY {descending} LIMIT 1";
        await foreach (var row in SelectAsync(store, newest, null, ct)) return row;
        return null;
    }

    /// <summary>Reads the rows behind a key, in the order of the key; null: from the beginning.</summary>
    public IAsyncEnumerable<object?[]> ReadAsync(Database store, string[] columns, object?[]? after, int limit, CancellationToken ct)
    {
        var order = string.Join(", ", Key);
        var bound = after is null ? "" : $"WHERE ({order}) > ({string.Join(", ", Key.Select((_, i) => $"@k{i}"))})";
        return SelectAsync(store, $"SELECT {string.Join(", ", columns)} FROM {Name} {bound} ORDER BY {order} LIMIT {limit}", after, ct);
    }

    private static async IAsyncEnumerable<object?[]> SelectAsync(
        Database store, string sql, object?[]? key, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await store.OpenReadAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < (key?.Length ?? 0); i++)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ($"k{i}", key![i]);
            command.Parameters.Add(parameter);
        }

        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var row = new object?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++) row[i] = reader.GetValue(i) is var value and not DBNull ? value : null;
            yield return row;
        }
    }
}
