using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Maru.Server.Configuration;
using Maru.Server.Files;
using Maru.Server.Storage;
using Npgsql;

namespace Maru.Server.Backup;

/// <summary>
/// Copies a database by PostgreSQL's own <c>pg_dump</c>, which sees the same snapshot, and restores it by <c>pg_restore</c>, in one
/// transaction. How to connect, the password too, is in their environment, where others on the machine do not see it. One user.
/// </summary>
internal sealed class PostgresCopy(StorageOptions storage, Lazy<Database> database) : IStoreCopy
{
    public string Kind => "postgres";

    public string FileName => "maru.dump";

    /// <summary>The dump is compressed, and nothing tells how well.</summary>
    public Task<long> SizeAsync(CancellationToken ct) => Task.FromResult(0L);

    public async Task CopyAsync(DbTransaction snapshot, string path, Pace pace, BackupProgress progress, CancellationToken ct)
    {
        var id = await snapshot.FirstAsync<string>("SELECT pg_export_snapshot()", null, ct);
        await OwnFile.Open(path, FileMode.CreateNew).DisposeAsync();
        var server = (NpgsqlConnection)snapshot.Connection!;
        await RunAsync(
            "pg_dump", server, ["--format=custom", "--no-owner", "--no-privileges", $"--snapshot={id}", $"--file={path}"], ct);
        OwnFile.Secure(path);
        progress("store", 1, 1);
    }

    public async Task CheckEmptyAsync(CancellationToken ct)
    {
        try
        {
            await database.Value.ReachAsync(ct);
            var tables = await database.Value.FirstAsync<long>(
                """
                SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_%'
                """,
                null, ct);
            if (tables > 0)
                throw new StartException(
                    $"The database {database.Value.Name} is not empty: it has {tables} tables. Make a new one (createdb); "
                    + "nothing was changed.");
        }
        catch (DbException e)
        {
            throw database.Value.Unusable(e);
        }
    }

    public async Task PutBackAsync(RestoreRequest request)
    {
        await using (var server = (NpgsqlConnection)await database.Value.OpenReadAsync(request.Ended))
        {
            var path = request.Backup.PathOf(FileName);
            await RunAsync(
                "pg_restore",
                server,
                ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", $"--dbname={server.Database}", path],
                request.Ended);
        }

        await database.Value.AnalyzeAsync(request.Ended);
        request.Progress("store", 1, 1);
    }

    public void Place()
    {
        // it is where it is to be
    }

    private async Task RunAsync(string program, NpgsqlConnection server, string[] arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardInput = true };
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
            process.StandardInput.Close();      // it is not to ask for a password
            try
            {
                var said = await process.StandardError.ReadToEndAsync(ct);
                await process.WaitForExitAsync(ct);
                if (process.ExitCode != 0)
                    throw new StartException($"{program} ended with code {process.ExitCode}: {said.Trim()}");
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
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
