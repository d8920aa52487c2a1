using System.Data.Common;
using Dapper;
using Maru.Server.Tests.Kill;
using Microsoft.Data.Sqlite;

namespace Maru.Server.Tests.Features.Search;

/// <summary>What the index has, read by another program than the server: each message with its tokens.</summary>
internal static class IndexDump
{
    public static async Task<IReadOnlyList<string>> ReadAsync(string store)
    {
        await using var index = await OpenAsync(store);
        if (index is SqliteConnection)
            await index.ExecuteAsync("CREATE VIRTUAL TABLE temp.v USING fts5vocab('main', 'tokens', 'instance')");
        List<(long Room, long Seq, long Size, string Token)> rows = [];
        // Dapper's own list blocks the event loop of whoever reads the last part.
        await using (var row = await index.ExecuteReaderAsync(index is SqliteConnection
            ? "SELECT room_id, seq, size, term FROM v JOIN messages m ON m.id = v.doc"
            : "SELECT room_id, seq, size, unnest(tokens) FROM search_messages"))
        {
            while (await row.ReadAsync()) rows.Add((row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3)));
        }

        return
        [
            .. rows.GroupBy(row => (row.Room, row.Seq, row.Size)).OrderBy(x => x.Key).Select(x =>
                $"{x.Key.Room}/{x.Key.Seq} {x.Key.Size}: {string.Join(' ', x.Select(y => y.Token).Order(StringComparer.Ordinal))}"),
        ];
    }

    /// <summary>Opens the index: on PostgreSQL it is in the store.</summary>
    public static async Task<DbConnection> OpenAsync(string store)
    {
        if (TestStore.IsPostgres) return await Verdict.OpenAsync(store);
        var file = new SqliteConnectionStringBuilder(store).DataSource;
        var index = new SqliteConnection($"Data Source={file[..^".db".Length]}-search.db;Pooling=False");
        await index.OpenAsync();
        return index;
    }
}
