using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Maru.Server.Tests.Kit;

/// <summary>
/// A PostgreSQL of the tests' own: on a free port of 127.0.0.1, its files in a temporary folder, gone at the end.
/// It can be killed, paused and started again.
/// Under root it runs as the user postgres, for it refuses root.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> SharedServer = new(StartAsync);

    private readonly string _folder;
    private readonly string _programs;
    private readonly int _port;
    private int _databases;

    private PostgresServer(string folder, string programs, int port) => (_folder, _programs, _port) = (folder, programs, port);

    /// <summary>One server for all tests of this process that do it no harm: each has a database of its own.</summary>
    public static Task<PostgresServer> Shared => SharedServer.Value;

    public static async Task<PostgresServer> StartAsync()
    {
        var programs = FindPrograms();
        var folder = Path.Combine(Path.GetTempPath(), "maru-tests", $"postgres-{Guid.NewGuid():n}");
        Directory.CreateDirectory(folder);
        var server = new PostgresServer(folder, programs, Ports.Free());
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "postgres", folder);
        await server.PostgresAsync("initdb", "-D", $"{folder}/data", "-A", "trust", "-U", "maru", "--no-sync", "-E", "UTF8", "--locale=C");
        // What is acknowledged must survive the server's death, not the machine's: that would only be slower.
        await File.AppendAllTextAsync(
            $"{folder}/data/postgresql.conf",
            $"listen_addresses='127.0.0.1'\nport={server._port}\nunix_socket_directories=''\nfsync=off\nmax_connections=500\n"
                + "shared_buffers=64MB\nmax_wal_size=256MB\n");
        // Everybody may come in as he says he is; but for one whom nobody knows the password of.
        var access = $"{folder}/data/pg_hba.conf";
        await File.WriteAllTextAsync(access, $"host all guarded 127.0.0.1/32 scram-sha-256\n{await File.ReadAllTextAsync(access)}");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.End();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>One that archives its log, and sends it to replicas too.</summary>
    public static async Task<PostgresServer> StartArchivingAsync()
    {
        var server = await StartAsync();
        await server.StopAsync();
        Directory.CreateDirectory(server.Archive);
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "postgres", server.Archive);
        await File.AppendAllTextAsync(
            $"{server._folder}/data/postgresql.conf",
            $"wal_level=logical\narchive_mode=on\narchive_command='test ! -f {server.Archive}/%f && cp %p {server.Archive}/%f'\n");
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Copies all of it while it works, as <c>pg_basebackup</c> does.</summary>
    public Task BackUpBaseAsync() => PostgresAsync(
        "pg_basebackup", "-h", "127.0.0.1", "-p", $"{_port}", "-U", "maru", "-D", $"{_folder}/base", "-X", "none", "-c", "fast", "-N");

    /// <summary>Returns when everything that was committed until now is in the archive.</summary>
    public async Task ArchivedAsync()
    {
        await using var connection = await OpenAsync(To("postgres"));
        await using var command = new NpgsqlCommand("SELECT pg_walfile_name(pg_switch_wal())", connection);
        var last = (string)(await command.ExecuteScalarAsync())!;
        await Deadline.Until(() => File.Exists($"{Archive}/{last}"), "the log to be archived");
    }

    /// <summary>Starts another server on the copy and what was archived since, up to a moment.</summary>
    public async Task<PostgresServer> RecoverAsync(DateTime until)
    {
        var folder = Path.Combine(Path.GetTempPath(), "maru-tests", $"postgres-{Guid.NewGuid():n}");
        Directory.CreateDirectory(folder);
        Directory.Move($"{_folder}/base", $"{folder}/data");
        var server = new PostgresServer(folder, _programs, Ports.Free());
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.End();
        await File.AppendAllTextAsync(
            $"{folder}/data/postgresql.conf",
            $"port={server._port}\narchive_mode=off\nrestore_command='cp {Archive}/%f %p'\n"
                + $"recovery_target_time='{until.ToUniversalTime():yyyy-MM-dd HH:mm:ss.ffffff}+00'\nrecovery_target_action=promote\n");
        await File.WriteAllTextAsync($"{folder}/data/recovery.signal", "");
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "-R", "postgres", folder);
        await server.StartAgainAsync();
        await using var connection = await OpenAsync(server.To("postgres"));
        await using var command = new NpgsqlCommand("SELECT pg_is_in_recovery()", connection);
        await Deadline.Until(async () => !(bool)(await command.ExecuteScalarAsync())!, "the recovery to end");
        return server;
    }

    /// <summary>The same database on this server, whose copy this is.</summary>
    public string Beside(string connectionString) => To(new NpgsqlConnectionStringBuilder(connectionString).Database!);

    /// <summary>Makes the tables of a database, without rows, in an empty one of another server.</summary>
    public async Task CopySchemaAsync(string from, PostgresServer to, string connectionString)
    {
        var file = $"{_folder}/schema";
        await ToolAsync("pg_dump", from, "-Fc", "--schema-only", "-f", file);
        await to.ToolAsync("pg_restore", connectionString, "--exit-on-error", file);
    }

    /// <summary>Makes a new, empty database; returns its connection string.</summary>
    public async Task<string> MakeDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"maru{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync($"CREATE DATABASE {name}");
        return To(name);
    }

    /// <summary>The connection string of another program than the server, which a busy machine may keep waiting.</summary>
    public static string Patient(string connectionString) => string.Create(
        CultureInfo.InvariantCulture,
        $"{connectionString};Pooling=false;Timeout={Deadline.Time.TotalSeconds};Command Timeout={Deadline.Time.TotalSeconds}");

    public static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(Patient(connectionString));
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Writes a database into a file, as an operator backs it up.</summary>
    public Task DumpAsync(string connectionString, string file) => ToolAsync("pg_dump", connectionString, "-Fc", "-f", file);

    /// <summary>Brings a database back to what the file has.</summary>
    public async Task RestoreAsync(string connectionString, string file)
    {
        await DropDatabaseAsync(connectionString);
        await ExecuteAsync($"CREATE DATABASE {new NpgsqlConnectionStringBuilder(connectionString).Database}");
        await ToolAsync("pg_restore", connectionString, "--exit-on-error", file);
    }

    /// <summary>Returns an address at which nothing listens.</summary>
    public static string Nowhere() => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Ports.Free()}");

    public Task DropDatabaseAsync(string connectionString) =>
        ExecuteAsync($"DROP DATABASE {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");

    /// <summary>Ends every connection to a database, as a restart or a firewall does.</summary>
    public static Task CutAsync(string connectionString) => CutAsync(connectionString, "true");

    /// <summary>Ends the connections that listen, and no others.</summary>
    public static Task CutListenersAsync(string connectionString) => CutAsync(connectionString, "query LIKE 'LISTEN %'");

    private static async Task CutAsync(string connectionString, string which)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = new NpgsqlCommand(
            $"""
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND {which}
            """,
            connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// Returns when that many connections to a database wait for another's lock, or when the work that should have waited has ended.
    /// </summary>
    public static async Task WaitsForLockAsync(string connectionString, int count, Task or)
    {
        await using var connection = await OpenAsync(connectionString);
        const string sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        await using var command = new NpgsqlCommand(sql, connection);
        await Deadline.Until(
            async () => or.IsCompleted || (long)(await command.ExecuteScalarAsync())! >= count, $"{count} to wait for a lock");
    }

    /// <summary>Returns when nobody else is connected to a database: what a killed server asked for is done, or never will be.</summary>
    public static async Task LeftAsync(string connectionString)
    {
        await using var connection = await OpenAsync(connectionString);
        const string sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        await using var command = new NpgsqlCommand(sql, connection);
        await Deadline.Until(async () => (long)(await command.ExecuteScalarAsync())! == 0, "the others to leave the database");
    }

    /// <summary>Starts it after a stop or a kill; returns when it takes connections.</summary>
    public Task StartAgainAsync() => PostgresAsync("pg_ctl", "-D", $"{_folder}/data", "-l", $"{_folder}/log", "-w", "-t", "180", "start");

    /// <summary>Stops it as an operator does: connections are cut, committed rows stay.</summary>
    public Task StopAsync() => PostgresAsync("pg_ctl", "-D", $"{_folder}/data", "-m", "fast", "-w", "-t", "180", "stop");

    /// <summary>Kills the server by SIGKILL; returns when its children are gone too, which would keep another one from starting.</summary>
    public async Task KillAsync()
    {
        int[] all = [ProcessId, .. Children()];
        Signals.Kill(all[0]);
        await Deadline.Until(() => !Array.Exists(all, id => Directory.Exists($"/proc/{id}")), "PostgreSQL to be gone");
    }

    /// <summary>Freezes it: it stays, and does not respond.</summary>
    public void Pause() => ForAll(Signals.Pause);

    public void Resume() => ForAll(Signals.Resume);

    /// <summary>Its children write until they notice that it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (File.Exists($"{_folder}/data/postmaster.pid")) await KillAsync();
        End();
    }

    private int ProcessId => int.Parse(File.ReadLines($"{_folder}/data/postmaster.pid").First(), CultureInfo.InvariantCulture);

    private string Archive => $"{_folder}/archive";

    private string To(string database) => $"Host=127.0.0.1;Port={_port};Database={database};Username=maru";

    private Task ToolAsync(string program, string connectionString, params string[] args)
    {
        var database = new NpgsqlConnectionStringBuilder(connectionString).Database;
        string[] to = ["-h", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture), "-U", "maru", "-d", database!];
        return RunAsync($"{_programs}/{program}", [.. to, .. args]);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync(To("postgres"));
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private void ForAll(Action<int> signal)
    {
        signal(ProcessId);
        foreach (var child in Children()) signal(child);
    }

    private int[] Children()
    {
        var server = ProcessId;
        return
        [
            .. from process in Directory.EnumerateDirectories("/proc")
               where int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out var id) && ParentOf(id) == server
               select int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture),
        ];
    }

    private void End()
    {
        if (!Directory.Exists(_folder)) return;
        try
        {
            var id = ProcessId;
            Signals.Resume(id);
            Signals.Kill(id);
        }
        catch (IOException)
        {
            // it does not run
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static int ParentOf(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;   // it has just ended
        }
    }

    private static string FindPrograms()
    {
        const string Debian = "/usr/lib/postgresql";
        string[] versions = Directory.Exists(Debian) ? Directory.GetDirectories(Debian) : [];
        var installed = versions.Select(x => $"{x}/bin").Where(x => File.Exists($"{x}/initdb")).Order().LastOrDefault();
        return installed ?? Path.GetDirectoryName(Programs.PathOf("initdb", "postgresql"))!;
    }

    private Task PostgresAsync(string program, params string[] args) => Environment.IsPrivilegedProcess
        ? RunAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", $"{_programs}/{program}", .. args])
        : RunAsync($"{_programs}/{program}", args);

    private static async Task RunAsync(string program, params string[] args)
    {
        // Its output goes nowhere: a server that it starts would keep a pipe open.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        foreach (var arg in (string[])["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. args]) start.ArgumentList.Add(arg);
        using var process = Process.Start(start) ?? throw new InvalidOperationException(program);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', args)}: exit code {process.ExitCode}");
    }
}
