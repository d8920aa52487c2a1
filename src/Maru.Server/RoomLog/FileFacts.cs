using System.Data.Common;
using Dapper;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Storage;

namespace Maru.Server.RoomLog;

/// <summary>
/// The files of a batch's messages that are there, and whose they are: one statement for all of them. They are locked, so that none goes
/// before its message is in the log. One thread.
/// </summary>
internal sealed class FileFacts
{
    public const string Sql =
        $"""
        WITH x (id) AS ROWS @ids
        SELECT {FileRows.Columns}, f.uploader_id FROM x CROSS JOIN files f WHERE f.id = x.id AND {FileRows.IsThere}
        ORDER BY f.id FOR UPDATE OF f
        """;

    private readonly SortedSet<long> _asked = [];
    private readonly Dictionary<long, (AttachedFile File, UserId Uploader)> _files = [];

    public bool IsAsked => _asked.Count > 0;

    public string Ids => Dialect.Rows(_asked.Select(id => (long[])[id]));

    public void Clear()
    {
        if (!IsAsked) return;
        _asked.Clear();
        _files.Clear();
    }

    public void Ask(Attachments files) => _asked.UnionWith(files.Ids);

    /// <summary>Reads what was asked, in the connection's open transaction.</summary>
    public void Read(DbConnection connection)
    {
        if (!IsAsked) return;
        using var row = (DbDataReader)connection.ExecuteReader(Dialect.Write(connection, Sql), new { ids = Ids });
        while (row.Read()) Add(row);
    }

    /// <summary>As <see cref="Read"/>, in a transaction that is not the log's own.</summary>
    public async Task ReadAsync(DbTransaction transaction)
    {
        if (!IsAsked) return;
        await using var row = await transaction.RowsAsync(Sql, new { ids = Ids });
        while (await row.ReadAsync()) Add(row);
    }

    public void Add(DbDataReader row) =>
        _files[row.GetInt64(0)] = (FileRows.Read(row, 0), new UserId(row.GetInt64(FileRows.ColumnCount)));

    /// <param name="sender">who must have uploaded it; null: anybody</param>
    public AttachedFile? Find(long id, UserId? sender) =>
        _files.TryGetValue(id, out var found) && (sender is null || found.Uploader == sender) ? found.File : null;
}
