using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Maru.Server.Configuration;
using Maru.Server.Storage;
using Npgsql;

namespace Maru.Server.Backup;

/// <summary>
/// Copies a database by PostgreSQL's own <c>pg_dump</c>, which sees the same snapshot, and restores it by <c>pg_restore</c>, in one
/// transaction; a mark keeps servers away until the restore is complete. How to connect, the password too, is in their environment, where
/// others on the machine do not see it. One user.
/// </summary>
internal sealed class PostgresCopy(StorageOptions storage, Lazy<Database> database) : IStoreCopy
{
    private const string CountOfTables =
        """
        SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_%'
        """;

    private bool _mayUndo;      // the mark is there, and nothing that may still make tables

    public string Kind => "postgres";

    public string FileName => "maru.dump";

    /// <summary>The dump is compressed, and nothing tells how well.</summary>
    public Task<long> SizeAsync(CancellationToken ct) => Task.FromResult(0L);

    public async Task CopyAsync(DbTransaction snapshot, BackupWriter target, BackupProgress progress, CancellationToken ct)
    {
        var id = await snapshot.FirstAsync<string>("SELECT pg_export_snapshot()", null, ct);
        await RunAsync(
            "pg_dump",
            (NpgsqlConnection)snapshot.Connection!,
            ["--format=custom", "--no-owner", "--no-privileges", $"--snapshot={id}"],
            process => target.AddAsync(FileName, process.StandardOutput.BaseStream, ct),
            ct);
        progress("store", 1, 1);
    }

    public Task CompleteAsync(BackupWriter target, CancellationToken ct) => Task.CompletedTask;     // it went to its place as it came

    public async Task CheckEmptyAsync(CancellationToken ct)
    {
        try
        {
            await database.Value.ReachAsync(ct);
            await database.Value.ReadAsync((snapshot, token) => CheckEmptyAsync(snapshot, token), ct);
        }
        catch (DbException e)
        {
            throw database.Value.Unusable(e);
        }
    }

    public async Task ClaimAsync(RestoreRequest request)
    {
        // Servers bring a database up to their schema under the same lock: they come before, and it is not empty, or see the mark.
        await database.Value.WriteAsync(
            async (transaction, token) =>
            {
                await database.Value.LockSchemaAsync(transaction, token);
                await CheckEmptyAsync(transaction, token);
                const string mark = $"CREATE TABLE {RestoringStore.Mark} (begun_at TIMESTAMPTZ NOT NULL DEFAULT now())";
                await transaction.ExecuteAsync(mark, null, token);
            },
            request.Ended);
        _mayUndo = true;
    }

    public async Task PutBackAsync(RestoreRequest request)
    {
        _mayUndo = false;
        try
        {
            var sum = await request.Backup.SumOfAsync(FileName, request.Ended);
            await using var server = (NpgsqlConnection)await database.Value.OpenReadAsync(request.Ended);
            await RunAsync(
                "pg_restore",
                server,
                ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", $"--dbname={server.Database}"],
                process => request.CopyAsync(
                    FileName, sum, process.StandardInput.BaseStream, (done, all) => request.Progress("store", done, all)),
                request.Ended);
        }
        catch (StartException)
        {
            // It has ended by itself, so what it has not made yet it will not make. One that is killed may have had its last word.
            _mayUndo = true;
            throw;
        }

        await database.Value.AnalyzeAsync(request.Ended);
    }

    public async Task UndoAsync()
    {
        if (_mayUndo && await CountAsync() == 1) await ReleaseAsync();
    }

    public Task ReleaseAsync() => database.Value.WriteAsync(
        (transaction, token) => transaction.ExecuteAsync($"DROP TABLE {RestoringStore.Mark}", null, token), CancellationToken.None);

    public void Place()
    {
        // it is where it is to be
    }

    private Task<long> CountAsync() => database.Value.FirstAsync<long>(CountOfTables, null, CancellationToken.None);

    private async Task<bool> CheckEmptyAsync(DbTransaction transaction, CancellationToken ct)
    {
        var tables = await transaction.FirstAsync<long>(CountOfTables, null, ct);
        return tables == 0 ? true : throw new StartException(
            $"The database {database.Value.Name} is not empty: it has {tables} tables. Make a new one (createdb); nothing was changed.");
    }

    /// <param name="program">of PostgreSQL</param>
    /// <param name="server">a connection to the same database</param>
    /// <param name="arguments">of the program</param>
    /// <param name="move">reads what it writes, or writes what it reads</param>
    /// <param name="ct">ends it</param>
    private async Task RunAsync(
        string program, NpgsqlConnection server, string[] arguments, Func<Process, Task> move, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,   // so that it asks nobody for a password
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in Connection(server)) start.Environment[name] = value;
        Process process;
        try
        {
            process = Process.Start(start) ?? throw new StartException($"{program} cannot be started.");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new StartException(
                $"There is no {program} on the PATH. Install PostgreSQL's client programs, of the server's version or newer.", e);
        }

        using (process)
        {
            var words = process.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                await move(process);
                process.StandardInput.Close();
                await process.WaitForExitAsync(ct);
                if (process.ExitCode != 0)
                    throw new StartException($"{program} ended with code {process.ExitCode}: {(await words).Trim()}");
            }
            catch (Exception e) when (e is not StartException || !process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
                // It breaks off the way of what it reads, and says why
                if (e is IOException && await words is { Length: > 0 } said)
                    throw new StartException($"{program} failed: {said.Trim()}", e);
                throw;
            }
        }
    }

    /// <summary>
    /// Returns the connection as PostgreSQL's programs read it: https://www.postgresql.org/docs/current/libpq-envars.html
    /// </summary>
    private IEnumerable<(string Name, string? Value)> Connection(NpgsqlConnection server)
    {
        var settings = new NpgsqlConnectionStringBuilder(storage.Database);
        (string, string?)[] all =
        [
            ("PGHOST", server.Host), ("PGPORT", server.Port.ToString(CultureInfo.InvariantCulture)), ("PGDATABASE", server.Database),
            ("PGUSER", server.UserName ?? settings.Username), ("PGPASSWORD", settings.Password), ("PGPASSFILE", settings.Passfile),
            ("PGSSLMODE", SslMode(settings.SslMode)), ("PGSSLROOTCERT", settings.RootCertificate),
            ("PGSSLCERT", settings.SslCertificate), ("PGSSLKEY", settings.SslKey), ("PGAPPNAME", "maru backup"),
        ];
        return all.Where(x => !string.IsNullOrEmpty(x.Item2));
    }

    private static string SslMode(SslMode mode) => mode switch
    {
        Npgsql.SslMode.VerifyCA => "verify-ca",
        Npgsql.SslMode.VerifyFull => "verify-full",
        _ => mode.ToString().ToLowerInvariant(),
    };
}
