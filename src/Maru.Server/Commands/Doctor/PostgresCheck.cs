using System.Data.Common;
using System.Globalization;
using Maru.Server.Configuration;
using Maru.Server.Storage;
using Maru.Server.Storage.Postgres;
using Npgsql;

namespace Maru.Server.Commands.Doctor;

/// <summary>PostgreSQL: whether it is there for us, keeps what it acknowledges, and has room for our connections.</summary>
internal static class PostgresCheck
{
    private const int OldestVersion = 150000;
    private const int Commits = 50;
    private const double SlowMilliseconds = 20;

    public static async Task<IReadOnlyList<Finding>> LookAsync(Patient patient, CancellationToken ct)
    {
        PostgresDatabase? database = null;
        try
        {
            database = new PostgresDatabase(patient.Options.Storage, patient.Options.Postgres);
            await database.ReachAsync(ct);
            await using var connection = await database.OpenOwnAsync(ct);
            return
            [
                await VersionAsync(connection, database.Name, ct),
                await ClockAsync(connection, patient, ct),
                await SchemaAsync(connection, ct),
                await PrivilegesAsync(connection, ct),
                await PromisesAsync(connection, ct),
                await RoomAsync(connection, patient.Options.Postgres, ct),
                await CommitAsync(connection, patient.Time, ct),
            ];
        }
        catch (StartException e) when (e.InnerException is ArgumentException or FormatException)
        {
            // The library may quote a part of what was written, which may be one of a password.
            return
            [
                Finding.Problem(
                    "database", "Maru:Database is not a connection string for PostgreSQL", "Write it as Host=…;Database=…;Username=…"),
            ];
        }
        catch (StartException e)
        {
            return [Finding.Problem("database", e)];
        }
        catch (DbException e) when (database is not null)
        {
            return [Finding.Problem("database", database.Unusable(e))];
        }
        finally
        {
            if (database is not null) await database.DisposeAsync();
        }
    }

    private static async Task<Finding> VersionAsync(NpgsqlConnection connection, string name, CancellationToken ct)
    {
        var row = await RowAsync(
            connection,
            "SELECT current_setting('server_version_num')::int, current_setting('server_version'), pg_is_in_recovery()", ct);
        var found = $"PostgreSQL {row[1]}, {name}";
        if ((bool)row[2])
            return Finding.Problem(
                "database", $"{found}: a standby, which takes no writes", "Name the primary in Maru:Database, or all hosts.");
        return (int)row[0] >= OldestVersion
            ? Finding.Ok("database", found)
            : Finding.Warning("database", $"{found}: older than what Maru is tested with", "Upgrade PostgreSQL to 15 or newer.");
    }

    private static async Task<Finding> ClockAsync(NpgsqlConnection connection, Patient patient, CancellationToken ct)
    {
        const string sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
        await RowAsync(connection, sql, ct);        // the first one is prepared
        var before = patient.Time.GetUtcNow();
        var there = DateTimeOffset.FromUnixTimeMilliseconds((long)(await RowAsync(connection, sql, ct))[0]);
        return ClockCheck.Compare("PostgreSQL", there, before, patient.Time.GetUtcNow(), patient.Options.Jwt.ClockSkew);
    }

    private static async Task<Finding> SchemaAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var isThere = (bool)(await RowAsync(connection, "SELECT to_regclass('migrations') IS NOT NULL", ct))[0];
        var state = isThere ? await RowAsync(connection, SchemaCheck.State, ct) : [0L, 0L];
        return SchemaCheck.Compare((long)state[0], (long)state[1], Migrator.NewestOf(PostgresDatabase.Scripts));
    }

    private static async Task<Finding> PrivilegesAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var row = await RowAsync(
            connection,
            """
            SELECT current_user::text, coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
              (SELECT count(*) FROM pg_tables
               WHERE schemaname = current_schema() AND NOT pg_has_role(current_user, tableowner, 'USAGE'))
            """,
            ct);
        if (!(bool)row[1])
        {
            return Finding.Problem(
                "privileges", $"{row[0]} may make no tables in its schema",
                $"Run: ALTER DATABASE … OWNER TO {row[0]}, or grant CREATE there.");
        }

        return (long)row[2] == 0
            ? Finding.Ok("privileges", $"{row[0]} owns the tables and may make new ones")
            : Finding.Problem(
                "privileges", $"{row[2]} tables are another's, and {row[0]} may not change them",
                $"Run for each: ALTER TABLE … OWNER TO {row[0]}");
    }

    private static async Task<Finding> PromisesAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var off = (string)(await RowAsync(
            connection,
            """
            SELECT coalesce(string_agg(name, ', ' ORDER BY name), '') FROM pg_settings
            WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') AND setting = 'off'
            """,
            ct))[0];
        return off.Length == 0
            ? Finding.Ok("durability", "fsync, full_page_writes and synchronous_commit are on")
            : Finding.Warning(
                "durability", $"{off}: off, so a crash of its machine can take back what was acknowledged",
                "Turn that on in postgresql.conf.");
    }

    private static async Task<Finding> RoomAsync(NpgsqlConnection connection, PostgresOptions options, CancellationToken ct)
    {
        var isThere = (bool)(await RowAsync(connection, "SELECT to_regclass('nodes') IS NOT NULL", ct))[0];
        const string running = "SELECT count(*) FROM nodes WHERE lease_until >= (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
        var nodes = isThere ? (long)(await RowAsync(connection, running, ct))[0] : 0;
        var row = await RowAsync(
            connection, "SELECT current_setting('max_connections')::int, current_setting('superuser_reserved_connections')::int", ct);
        var room = (int)row[0] - (int)row[1];
        var each = options.Readers + options.Writers + options.CommitLoops + 1;
        var wanted = Math.Max(1, nodes) * each;
        var found = string.Create(
            CultureInfo.InvariantCulture,
            $"max_connections has room for {room}; a node takes {each} at most, and {nodes} run");
        const string advice = "Raise max_connections, or lower Maru:Postgres:Readers and Writers.";
        if (wanted > room) return Finding.Problem("pool", $"{found}: not enough", advice);
        return wanted + each > room ? Finding.Warning("pool", $"{found}: none is left for one more, as at a rolling upgrade", advice)
            : Finding.Ok("pool", found);
    }

    /// <summary>Commits that write nothing but a note into the write-ahead log, which no table and no replica keeps.</summary>
    private static async Task<Finding> CommitAsync(NpgsqlConnection connection, TimeProvider time, CancellationToken ct)
    {
        List<double> times = [];
        for (var i = 0; i < Commits; i++)
        {
            var start = time.GetTimestamp();
            await RowAsync(connection, "SELECT pg_logical_emit_message(true, 'maru-doctor', '')::text", ct);
            times.Add(time.GetElapsedTime(start).TotalMilliseconds);
        }

        var (half, most) = (DiskProbe.At(times, 0.5), DiskProbe.At(times, 0.99));
        var found = FormattableString.Invariant($"a commit takes p50 {half:F2} ms, p99 {most:F2} ms, with the way there and back");
        return half < SlowMilliseconds
            ? Finding.Ok("commit", found)
            : Finding.Warning(
                "commit", found, "Give PostgreSQL a faster disk, or bring the server nearer to it: each message waits for that long.");
    }

    private static async Task<object[]> RowAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct)) return [];
        var values = new object[reader.FieldCount];
        reader.GetValues(values);
        return values;
    }
}
