using System.Data.Common;
using System.Globalization;
using Maru.Server.Configuration;
using Maru.Server.Files;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Maru.Server.Storage.Sqlite;

/// <summary>The file behind an embedded store: made on first use, readable by its owner alone.</summary>
internal sealed class SqliteFile
{
    // A message makes one page of its room's index dirty, and the log takes whole pages: with 4 KiB 5.0 KB a message, with 1 KiB 1.7 KB,
    // and a commit's 99th percentile fell from 12 to 1.3 ms (300 rooms, batches of 72). Counts only for a store that is made anew.
    private const int PageBytes = 1024;

    private const string Forms = "SQLite (\"Data Source=file\") or PostgreSQL (\"Host=…\")";

    private static readonly string[] Names = ["Data Source", "DataSource", "Filename"];

    static SqliteFile()
    {
        Batteries_V2.Init();
        // SQLite counts its memory under one lock for all threads; nothing reads the count.
        raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    private SqliteFile(string path, string connectionString) => (Path, ConnectionString) = (path, connectionString);

    /// <summary>The absolute path.</summary>
    public string Path { get; }

    public string ConnectionString { get; }

    /// <summary>Makes the file if it is missing, and does not open it: a close would end all locks of this process on the file.</summary>
    /// <param name="connectionString">names it</param>
    /// <param name="mayMake">false: it must be there</param>
    /// <exception cref="StartException">The connection string, the folder or the file is of no use.</exception>
    public static SqliteFile Prepare(string connectionString, bool mayMake = true)
    {
        try
        {
            var path = System.IO.Path.GetFullPath(FileOf(connectionString));
            if (!mayMake && !File.Exists(path))
                throw new StartException($"There is no store {path}. Correct Maru:Database: relative paths are from the current folder.");
            OwnFile.MakeFolder(System.IO.Path.GetDirectoryName(path) ?? path);
            GivenFile.Check(path);
            // A link may lead to a file that is still to be made. Files beside it, -wal and -shm, take over its mode.
            var file = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
            if (!File.Exists(file)) OwnFile.Open(file, FileMode.OpenOrCreate).Dispose();
            RefuseOtherNames(path);
            return new SqliteFile(path, new SqliteConnectionStringBuilder { DataSource = path }.ToString());
        }
        catch (ArgumentException e)
        {
            throw new StartException($"Maru:Database is no connection string for {Forms}. {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The store cannot be made: {e.Message} Correct Maru:Database or the folder's permissions.", e);
        }
    }

    /// <summary>Returns the absolute path of the file that a connection string names.</summary>
    /// <exception cref="StartException">It names none.</exception>
    public static string PathOf(string connectionString)
    {
        try
        {
            return System.IO.Path.GetFullPath(FileOf(connectionString));
        }
        catch (ArgumentException e)
        {
            throw new StartException($"Maru:Database is no connection string for {Forms}.", e);
        }
    }

    /// <summary>
    /// Opens a store to look at it, beside a server or not, and changes nothing: neither the store nor what lies beside it. A store that
    /// was closed has no log beside it, and SQLite would make one to read it.
    /// </summary>
    public static SqliteConnection OpenUnchanged(string path)
    {
        var isClosed = !File.Exists($"{path}-wal");
        var source = isClosed ? $"{new Uri(path).AbsoluteUri}?immutable=1" : path;
        var settings = new SqliteConnectionStringBuilder { DataSource = source, Mode = SqliteOpenMode.ReadOnly, Pooling = false };
        var connection = new SqliteConnection(settings.ToString());
        connection.Open();
        raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
        return connection;
    }

    /// <summary>Closes the store, and the files beside it that hold its newest commits, to others.</summary>
    public void CloseToOthers(ILogger log)
    {
        foreach (var end in (string[])["", "-wal", "-shm"]) OwnFile.Close(Path + end, log);
    }

    /// <summary>
    /// Keeps the plans of prepared statements whatever is bound to them. Otherwise SQLite plans anew when a LIMIT is bound: a list of
    /// rooms took three times as long.
    /// </summary>
    public static void KeepPlans(sqlite3? connection) =>
        raw.sqlite3_db_config(connection, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);

    /// <summary>
    /// Opens the connection that writes. The commit loop checkpoints, so that no checkpoint falls into a sender's commit.
    /// </summary>
    public SqliteConnection OpenWriter(SqliteOptions options)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(ConnectionString) { Pooling = false }.ToString());
        try
        {
            connection.Open();
            KeepPlans(connection.Handle);
            connection.DefaultTimeout = Math.Max(1, (int)options.BusyTimeout.TotalSeconds);
            // By a command the driver would tell of no failure after the first row.
            var result = raw.sqlite3_exec(
                connection.Handle,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    PRAGMA busy_timeout = {(long)options.BusyTimeout.TotalMilliseconds};
                    PRAGMA page_size = {PageBytes};
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = {options.Synchronous};
                    PRAGMA foreign_keys = ON;
                    PRAGMA wal_autocheckpoint = 0;
                    PRAGMA cache_size = {-options.CacheBytes / 1024};
                    """));
            SqliteException.ThrowExceptionForRC(result, connection.Handle);
            return connection;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw SqliteErrors.Unusable(connection.DataSource, e);
        }
    }

    /// <summary>
    /// Returns the file that a connection string names. It may say nothing else: the server sets the rest, and some of it would keep the
    /// store in memory, without its keys to other rows, or encrypted, which this SQLite cannot.
    /// </summary>
    private static string FileOf(string connectionString)
    {
        var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
        var known = parts.Keys.Cast<string>().ToLookup(name => Names.Contains(name, StringComparer.OrdinalIgnoreCase));
        if (known[false].FirstOrDefault() is { } other)
            throw new StartException($"Maru:Database has {other}. A store in SQLite has a file and nothing else: \"Data Source=file\".");
        if (known[true].FirstOrDefault() is not { } name) throw new StartException($"Maru:Database names no store: {Forms}.");
        var file = (string)parts[name];
        if (file.Length == 0 || file.Contains(":memory:", StringComparison.Ordinal) || file.StartsWith("file:", StringComparison.Ordinal))
            throw new StartException($"Maru:Database has {name}={file}, which is no path of a file.");
        return file;
    }

    /// <summary>
    /// Refuses a file with other names. SQLite keeps the newest commits in a file beside the name that it was asked to open. A program that
    /// opens the same file by a hard link, or mounted alone into another folder, does not find them and overwrites their pages: section 2.5
    /// of https://www.sqlite.org/howtocorrupt.html
    /// </summary>
    public static void RefuseOtherNames(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        var (links, isMounted) = LinuxFile.NamesOf(path);
        if (links > 1)
        {
            throw new StartException(
                $"The store {path} has {links} names (hard links). "
                + "Its newest commits are beside one of them, and opened by another they are lost. "
                + $"Remove the other names (find / -samefile {path}), or use a copy (sqlite3 {path} \".backup copy.db\").");
        }

        if (isMounted)
        {
            throw new StartException(
                $"The store {path} is mounted as a single file, without those beside it that hold its newest commits. Mount its folder.");
        }
    }
}
