using System.Globalization;
using Maru.Server.Configuration;
using Maru.Server.Storage;
using Maru.Server.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Maru.Server.Commands.Doctor;

/// <summary>The embedded store, read and never written, beside a server or not.</summary>
internal static class SqliteCheck
{
    private const int Interrupted = 9;      // SQLITE_INTERRUPT
    private const int VersionAt = 18;       // of the file's header: 2 where the store has a write-ahead log
    private const byte WithLog = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Task<IReadOnlyList<Finding>> LookAsync(Patient patient, CancellationToken ct) =>
        Task.FromResult(Look(patient));

    private static IReadOnlyList<Finding> Look(Patient patient)
    {
        try
        {
            var path = SqliteFile.PathOf(patient.Options.Database);
            if (!File.Exists(path)) return [Finding.Ok("database", $"{path} is not there yet: the first start makes it")];
            SqliteFile.RefuseOtherNames(path);
            var isTaken = StoreClaim.IsTaken(path);
            return [Finding.Ok("database", Describe(path, isTaken)), .. Inside(path, patient.Time)];
        }
        catch (StartException e)
        {
            return [Finding.Problem("database", e)];
        }
        catch (SqliteException e)
        {
            return [Finding.Problem("database", SqliteErrors.Unusable(SqliteFile.PathOf(patient.Options.Database), e))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [Finding.Problem("database", $"it cannot be read: {e.Message}", "Run this as the server's user.")];
        }
    }

    private static string Describe(string path, bool isTaken)
    {
        var log = new FileInfo($"{path}-wal");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"SQLite {raw.sqlite3_libversion().utf8_to_string()}, {path}: {new FileInfo(path).Length / 1e6:N1} MB and "
                + $"{(log.Exists ? log.Length : 0) / 1e6:N1} MB of its log; {(isTaken ? "a server" : "no server")} runs on it");
    }

    private static IEnumerable<Finding> Inside(string path, TimeProvider time)
    {
        if (new FileInfo(path).Length == 0)
        {
            yield return Finding.Ok("schema", "the file is empty: the first start makes a store of it");
            yield break;
        }

        var wasClosed = !File.Exists($"{path}-wal");
        using var connection = SqliteFile.OpenUnchanged(path);
        var hasStore = Number(connection, "SELECT count(*) FROM sqlite_master WHERE name = 'migrations'") > 0;
        if (!hasStore && Number(connection, "SELECT count(*) FROM sqlite_master") > 0)
        {
            yield return Finding.Problem(
                "schema", $"{path} holds tables of another program and no store of Maru", "Correct Maru:Database, or move that file away.");
            yield break;
        }

        var (applied, needs) = hasStore ? State(connection) : (0, 0);
        yield return SchemaCheck.Compare(applied, needs, Migrator.NewestOf(SqliteDatabase.Scripts));
        yield return Journal(path);
        yield return Integrity(path, wasClosed, connection, time);
    }

    private static Finding Journal(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> version = [0];
        return RandomAccess.Read(file, version, VersionAt) == 1 && version[0] == WithLog
            ? Finding.Ok("journal", "WAL")
            : Finding.Warning(
                "journal", "the store has no write-ahead log: another program has turned it off",
                "The next start turns it on; let no other program write the store.");
    }

    private static Finding Integrity(string path, bool wasClosed, SqliteConnection connection, TimeProvider time)
    {
        var start = time.GetTimestamp();
        using var bound = time.CreateTimer(_ => raw.sqlite3_interrupt(connection.Handle), null, Patience, Timeout.InfiniteTimeSpan);
        try
        {
            using var command = new SqliteCommand("PRAGMA quick_check(1)", connection);
            var answer = (string?)command.ExecuteScalar() ?? "";
            if (answer == "ok")
                return Finding.Ok("integrity", FormattableString.Invariant($"whole, in {time.GetElapsedTime(start).TotalSeconds:F1} s"));
            if (wasClosed && File.Exists($"{path}-wal"))
            {
                return Finding.Warning(
                    "integrity", "a server has started meanwhile, and what it writes was not seen as a whole", "Look again.");
            }

            return Finding.Problem(
                "integrity", $"the store is damaged: {answer.ReplaceLineEndings(" ")}",
                $"End the server and restore a backup, or save what is left with: sqlite3 {path} .recover");
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Interrupted)
        {
            return Finding.Ok(
                "integrity",
                $"not all was looked at within {Patience.TotalSeconds} s, and no fault seen; all: sqlite3 {path} 'PRAGMA quick_check'");
        }
    }

    private static (long Applied, long Needs) State(SqliteConnection connection)
    {
        using var command = new SqliteCommand(SchemaCheck.State, connection);
        using var row = command.ExecuteReader();
        return row.Read() ? (row.GetInt64(0), row.GetInt64(1)) : (0, 0);
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        return (long)(command.ExecuteScalar() ?? 0L);
    }
}
