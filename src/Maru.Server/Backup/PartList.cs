using Maru.Server.Backup.Places;
using Maru.Server.Features.Files;
using Maru.Server.Files;
using Microsoft.Data.Sqlite;

namespace Maru.Server.Backup;

/// <summary>
/// What a backup has, could share and should have, in a file of its own: there may be millions of contents, and the server has other use
/// for its memory. One user.
/// </summary>
internal sealed class PartList : IDisposable
{
    private const int Page = 500;

    private const string Schema =
        """
        PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2048; PRAGMA locking_mode = EXCLUSIVE;
        CREATE TABLE parts (name TEXT PRIMARY KEY, sum TEXT NOT NULL, size INTEGER NOT NULL, is_shared INTEGER NOT NULL,
          is_there INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
        CREATE TABLE shared (name TEXT PRIMARY KEY, size INTEGER NOT NULL, sum TEXT) WITHOUT ROWID;
        CREATE TABLE wanted (name TEXT PRIMARY KEY, "table" TEXT NOT NULL, id INTEGER NOT NULL, key TEXT NOT NULL, size INTEGER,
          made_at INTEGER NOT NULL, is_still INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
        BEGIN
        """;

    private const string LostRows =
        "FROM wanted w WHERE w.is_still = 1 AND NOT EXISTS (SELECT 1 FROM parts p WHERE p.name = w.name)";

    private readonly Dictionary<string, SqliteCommand> _commands = [];
    private readonly SqliteConnection _connection;

    /// <param name="path">of a file that is not there</param>
    public PartList(string path)
    {
        OwnFile.Open(path, FileMode.CreateNew).Dispose();
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        Run(Schema);
    }

    /// <summary>Contents that should be there.</summary>
    public long Wanted => (long)Value("SELECT count(*) FROM wanted")!;

    /// <summary>Bytes of all parts.</summary>
    public long Bytes => (long)Value("SELECT coalesce(sum(size), 0) FROM parts")!;

    /// <summary>Contents that are there.</summary>
    public long Contents => (long)Value("SELECT count(*) FROM parts WHERE name BETWEEN 'files/' AND 'files0'")!;

    /// <summary>Bytes of contents that should be there and cannot be shared, as far as they are known.</summary>
    public long UnsharedBytes =>
        (long)Value("SELECT coalesce(sum(size), 0) FROM wanted w WHERE NOT EXISTS (SELECT 1 FROM shared s WHERE s.name = w.name)")!;

    public void Add(string part, string sum, long size, bool isShared) =>
        Run("INSERT OR REPLACE INTO parts (name, sum, size, is_shared) VALUES ($1, $2, $3, $4)", part, sum, size, isShared ? 1L : 0L);

    /// <summary>Notes that a part lies where it is to be.</summary>
    public void IsThere(string part, long size) => Run("UPDATE parts SET is_there = 1 WHERE name = $1 AND size = $2", part, size);

    /// <summary>Returns a part that nobody noted to be there; null: there is none.</summary>
    public string? Absent() => (string?)Value("SELECT name FROM parts WHERE is_there = 0 LIMIT 1");

    public void Remove(string part) => Run("DELETE FROM parts WHERE name = $1", part);

    /// <summary>Notes a content that can be shared.</summary>
    public void MayShare(string part, long size) => Run("INSERT INTO shared VALUES ($1, $2, NULL)", part, size);

    /// <summary>Notes the checksum of one that can be shared.</summary>
    public void SumOfShared(string part, string sum) => Run("UPDATE shared SET sum = $2 WHERE name = $1", part, sum);

    /// <summary>Returns bytes and checksum of a content that can be shared; null: it cannot be, or nothing tells its checksum.</summary>
    public (long Size, string? Sum)? Shared(string part)
    {
        using var row = Prepare("SELECT size, sum FROM shared WHERE name = $1", part).ExecuteReader();
        return row.Read() ? (row.GetInt64(0), row.IsDBNull(1) ? null : row.GetString(1)) : null;
    }

    /// <summary>Forgets which contents should be there.</summary>
    public void WantNothing() => Run("DELETE FROM wanted");

    public void Want(Content content) => Run(
        "INSERT OR IGNORE INTO wanted (name, \"table\", id, key, size, made_at) VALUES ($1, $2, $3, $4, $5, $6)",
        BackupParts.Of(content), content.Table, content.Id, content.Key, (object?)content.Size ?? DBNull.Value, content.MadeAt);

    /// <summary>Returns contents that should be there and are not; parts may be added meanwhile.</summary>
    public IEnumerable<Content> Missing() => Pages(
        """
        SELECT w.name, w."table", w.id, w.key, w.size, w.made_at FROM wanted w
        WHERE w.name > $1 AND NOT EXISTS (SELECT 1 FROM parts p WHERE p.name = w.name) ORDER BY w.name LIMIT $2
        """,
        row => new Content(row.GetString(1), row.GetInt64(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetInt64(4), row.GetInt64(5)));

    /// <summary>Notes that a content should be there still, by a later state of the store.</summary>
    public void WantStill(Content content) => Run("UPDATE wanted SET is_still = 1 WHERE name = $1", BackupParts.Of(content));

    /// <summary>Returns contents that should be there still and are not: how many, and the keys of some.</summary>
    public (long Count, string[] Some) Lost(int most) => (
        (long)Value($"SELECT count(*) {LostRows}")!,
        [.. Pages($"SELECT w.name, w.key {LostRows} AND w.name > $1 ORDER BY w.name LIMIT $2", row => row.GetString(1)).Take(most)]);

    /// <summary>Returns the rows by their tables whose contents are not there, and should not be any more.</summary>
    public Dictionary<string, long[]> Deleted() => Pages(
        """
        SELECT w.name, w."table", w.id FROM wanted w WHERE w.name > $1 AND w.is_still = 0
        AND NOT EXISTS (SELECT 1 FROM parts p WHERE p.name = w.name) ORDER BY w.name LIMIT $2
        """,
        row => (Table: row.GetString(1), Id: row.GetInt64(2)))
        .GroupBy(x => x.Table, x => x.Id).ToDictionary(x => x.Key, x => x.Distinct().ToArray());

    /// <summary>Returns contents that are there and should not be; they may be removed meanwhile.</summary>
    public IEnumerable<(string Part, bool IsShared)> Unwanted() => Pages(
        """
        SELECT p.name, p.is_shared FROM parts p
        WHERE p.name > $1 AND p.name BETWEEN 'files/' AND 'files0' AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.name = p.name)
        ORDER BY p.name LIMIT $2
        """,
        row => (row.GetString(0), row.GetInt64(1) == 1));

    /// <summary>Returns contents that can be shared and that no part names.</summary>
    public IEnumerable<string> Unused() => Pages(
        """
        SELECT s.name FROM shared s
        WHERE s.name > $1 AND NOT EXISTS (SELECT 1 FROM parts p WHERE p.name = s.name) ORDER BY s.name LIMIT $2
        """,
        row => row.GetString(0));

    /// <summary>Notes that some backup has a part.</summary>
    public void Uses(string part, string sum) =>
        Run("INSERT OR IGNORE INTO parts (name, sum, size, is_shared) VALUES ($1, $2, 0, 1)", part, sum);

    /// <summary>Writes the checksum of each part, as <c>sha256sum</c> reads it.</summary>
    public async Task WriteAsync(string path, CancellationToken ct)
    {
        await using var file = OwnFile.Open(path, FileMode.CreateNew);
        await using var list = new StreamWriter(file) { NewLine = "\n" };
        foreach (var line in Pages(
            "SELECT name, sum FROM parts WHERE name > $1 ORDER BY name LIMIT $2", row => $"{row.GetString(1)}  {row.GetString(0)}"))
            await list.WriteLineAsync(line.AsMemory(), ct);
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
        _connection.Dispose();
    }

    /// <summary>Reads some rows at a time, so that the table may change between; the first column is the name.</summary>
    private IEnumerable<T> Pages<T>(string sql, Func<SqliteDataReader, T> read)
    {
        for (var (last, rows) = ("", new List<T>()); ; rows.Clear())
        {
            using (var row = Prepare(sql, last, (long)Page).ExecuteReader())
            {
                while (row.Read())
                {
                    rows.Add(read(row));
                    last = row.GetString(0);
                }
            }

            if (rows.Count == 0) yield break;
            foreach (var each in rows) yield return each;
        }
    }

    private void Run(string sql, params object[] values) => Prepare(sql, values).ExecuteNonQuery();

    private object? Value(string sql) => Prepare(sql).ExecuteScalar();

    private SqliteCommand Prepare(string sql, params object[] values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            _commands[sql] = command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 1; i <= values.Length; i++) command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        }

        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        return command;
    }
}
