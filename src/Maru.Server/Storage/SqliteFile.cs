using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Maru.Server.Storage;

/// <summary>The file behind an embedded store: made on first use, readable by its owner alone.</summary>
internal sealed class SqliteFile
{
    // A message makes one page of its room's index dirty, and the log takes whole pages: with 4 KiB 5.0 KB a message, with 1 KiB 1.7 KB, and a commit's 99th
    // percentile fell from 12 to 1.3 ms (300 rooms, batches of 72). Counts only for a store that is made anew.
    private const int PageBytes = 1024;

    static SqliteFile() => SQLitePCL.Batteries_V2.Init();

    private SqliteFile(string connectionString) => ConnectionString = connectionString;

    public string ConnectionString { get; }

    /// <exception cref="StartException">The connection string or the folder is of no use.</exception>
    public static SqliteFile Prepare(string connectionString)
    {
        try
        {
            var parts = new SqliteConnectionStringBuilder(connectionString);
            var path = Path.GetFullPath(parts.DataSource);
            parts.DataSource = path;
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? path);
            if (!File.Exists(path)) Create(path);   // its -wal and -shm files take over the mode
            return new SqliteFile(parts.ToString());
        }
        catch (ArgumentException e)
        {
            throw new StartException($"Maru:Database is not a connection string for SQLite (\"Data Source=file\"). {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The store cannot be made: {e.Message} Correct Maru:Database or the folder's permissions.", e);
        }
    }

    /// <summary>The connection that writes. Checkpoints are the commit loop's business, so that none falls into a sender's commit.</summary>
    public SqliteConnection OpenWriter(SqliteOptions options)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(ConnectionString) { Pooling = false }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = string.Create(
                CultureInfo.InvariantCulture,
                $"""
                PRAGMA busy_timeout = {(long)options.BusyTimeout.TotalMilliseconds};
                PRAGMA page_size = {PageBytes};
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = {options.Synchronous};
                PRAGMA foreign_keys = ON;
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA cache_size = {-options.CacheBytes / 1024};
                """);
            command.CommandTimeout = Math.Max(1, (int)options.BusyTimeout.TotalSeconds);
            command.ExecuteNonQuery();
            connection.DefaultTimeout = command.CommandTimeout;
            return connection;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw Unusable(connection.DataSource, e);
        }
    }

    /// <summary>What an operator is to do about a store that cannot be used.</summary>
    public static StartException Unusable(string path, SqliteException e) => new(
        e.SqliteErrorCode switch
        {
            Dialect.SqliteBusy or Dialect.SqliteLocked => $"The store {path} is locked by another program. End that program, then start again.",
            Dialect.SqliteReadOnly => $"The store {path} or its folder is read-only. Give this user the right to write there.",
            Dialect.SqliteCantOpen => $"The store {path} cannot be opened. Check that its folder exists and that this user may read and write there.",
            Dialect.SqliteIo => $"The store {path} cannot be read or written ({e.Message}). Check that there is room, and the disk itself, then start again.",
            Dialect.SqliteCorrupt => $"The store {path} is damaged. Restore it from a backup, or save what is left with: sqlite3 {path} .recover",
            Dialect.SqliteNotADatabase => $"{path} is not a SQLite database. Correct Maru:Database, or move that file away.",
            Dialect.SqliteFull => $"There is no room left for the store {path}. Free some space, then start again.",
            _ => $"The store {path} cannot be used: {e.Message}",
        },
        e);

    private static void Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(path, options).Dispose();
    }
}
