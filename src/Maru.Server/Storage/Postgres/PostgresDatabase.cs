using System.Data.Common;
using Maru.Engine.Problems;
using Maru.Server.Configuration;
using Maru.Server.Files;
using Npgsql;

namespace Maru.Server.Storage.Postgres;

/// <summary>
/// PostgreSQL for many nodes. Readers, writers and commit loops have separate connections, so that none of them can starve the others. With
/// several hosts in the connection string the one that takes writes is used, also after a failover. Any thread.
/// </summary>
internal sealed class PostgresDatabase : Database
{
    /// <summary>The beginning of its migrations' resource names.</summary>
    public const string Scripts = "Maru.Server.Storage.Migrations.postgres.";

    // A plan that was made when a table was small or unknown must not scan it when it is large: all statements here find rows by key, some
    // at a time. Nothing here is worth compiling: a list of rooms whose cost was overestimated took 120 ms, for its 0.3 ms of work.
    private const string ByKeyOnly = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

    // Readers alone read pages of lists. A bitmap is of all rows of a range, also where a LIMIT takes the first ones.
    private const string InOrder = "-c enable_bitmapscan=off";

    private const int Repeats = 3;      // of a write that is given up for another transaction
    private const long SchemaLock = 0x6D617275;   // "maru"

    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(50);

    private readonly NpgsqlDataSource _readers;
    private readonly NpgsqlDataSource _writers;
    private readonly NpgsqlDataSource _own;

    public PostgresDatabase(StorageOptions storage, PostgresOptions options)
    {
        try
        {
            var settings = Read(storage, options);
            Name = settings.Database is { } name ? $"{name} on {settings.Host}" : $"{settings.Host}";
            _readers = Source(settings, "readers", x => (x.MaxPoolSize, x.Options) = (options.Readers, $"{x.Options} {InOrder}"));
            _writers = Source(settings, "writers", x => x.MaxPoolSize = options.Writers);
            _own = Source(settings, "own", x => x.Pooling = false);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException or NotSupportedException)
        {
            throw new StartException(
                $"Maru:Database is not a connection string for PostgreSQL (\"Host=…;Database=…;Username=…\"). {e.Message}", e);
        }
    }

    public override string Name { get; }

    public override string Folder => Scripts;

    public override string Clock => "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    public override bool TellsWhoRuns => true;

    /// <summary>Whatever fails here but PostgreSQL itself is the library's word about its settings, and no bug.</summary>
    public override async Task ReachAsync(CancellationToken ct)
    {
        try
        {
            await using var connection = await _writers.OpenConnectionAsync(ct);
        }
        catch (Exception e) when (e is not DbException and not OperationCanceledException)
        {
            throw new StartException($"The store {Name} cannot be reached as Maru:Database says. {Settings.Line(e)}", e);
        }
    }

    public override async ValueTask<DbConnection> OpenReadAsync(CancellationToken ct)
    {
        var connection = await _readers.OpenConnectionAsync(ct);
        await EventLoop.LeaveAsync();
        return connection;
    }

    protected override async Task<T> TransactAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> write, CancellationToken ct)
    {
        for (var left = Repeats; ; left--)
        {
            try
            {
                return await WriteOnceAsync(write, ct);
            }
            catch (PostgresException e) when (PostgresErrors.IsConflict(e) && left > 0)
            {
                // At once it could overtake the one that it was given up for, and meet it again.
                await Task.Delay(LongestRest * Random.Shared.NextDouble(), TimeProvider.System, ct);
            }
        }
    }

    public override async Task InsertAsync(string table, string[] columns, IEnumerable<object?[]> rows, CancellationToken ct)
    {
        await using var connection = await OpenOwnAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var into = $"COPY {table} ({string.Join(", ", columns)}) FROM STDIN (FORMAT BINARY)";
        await using (var copy = await connection.BeginBinaryImportAsync(into, ct))
        {
            foreach (var row in rows)
            {
                await copy.StartRowAsync(ct);
                foreach (var value in row)
                {
                    if (value is null) await copy.WriteNullAsync(ct);
                    else await copy.WriteAsync(value, ct);
                }
            }

            await copy.CompleteAsync(ct);
        }

        if (columns.Contains("id"))
            await transaction.ExecuteAsync(
                $"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))", null, ct);
        await transaction.CommitAsync(ct);
    }

    public override async Task AnalyzeAsync(CancellationToken ct)
    {
        await using var connection = await OpenOwnAsync(ct);
        await using var command = new NpgsqlCommand("ANALYZE", connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);     // of a command, in which no client is connected
    }

    public override Task LockSchemaAsync(DbTransaction transaction, CancellationToken ct) =>
        transaction.ExecuteAsync("SELECT pg_advisory_xact_lock(@SchemaLock)", new { SchemaLock }, ct);

    public override Task<bool> IsRestoringAsync(DbTransaction transaction, CancellationToken ct) =>
        transaction.FirstAsync<bool>("SELECT to_regclass(@Mark) IS NOT NULL", new { RestoringStore.Mark }, ct);

    public override Problem ProblemOf(DbException e) =>
        e is NpgsqlException postgres ? PostgresErrors.ProblemOf(postgres) : Problem.Unavailable;

    public override StartException Unusable(DbException e) =>
        e is NpgsqlException postgres ? PostgresErrors.Unusable(Name, postgres) : base.Unusable(e);

    /// <summary>Opens a connection outside of the pools, the caller's to dispose: for a commit loop, or to listen.</summary>
    public NpgsqlConnection OpenOwn() => _own.OpenConnection();

    /// <inheritdoc cref="OpenOwn"/>
    public ValueTask<NpgsqlConnection> OpenOwnAsync(CancellationToken ct) => _own.OpenConnectionAsync(ct);

    /// <summary>Opens one of the writers' connections, outside of any transaction.</summary>
    public ValueTask<NpgsqlConnection> OpenWriterAsync(CancellationToken ct) => _writers.OpenConnectionAsync(ct);

    /// <summary>Closes the idle connections of the pools.</summary>
    public void ForgetIdle()
    {
        _readers.Clear();
        _writers.Clear();
    }

    public override async ValueTask DisposeAsync()
    {
        await _readers.DisposeAsync();
        await _writers.DisposeAsync();
        await _own.DisposeAsync();
    }

    private async Task<T> WriteOnceAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> write, CancellationToken ct)
    {
        await using var connection = await _writers.OpenConnectionAsync(ct);
        await EventLoop.LeaveAsync();
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var result = await write(transaction, ct);
        await transaction.CommitAsync(CancellationToken.None);
        await EventLoop.LeaveAsync();
        return result;
    }

    private static NpgsqlConnectionStringBuilder Read(StorageOptions storage, PostgresOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(storage.Database)
        {
            Timeout = (int)options.ConnectTimeout.TotalSeconds,
            CommandTimeout = (int)options.CommandTimeout.TotalSeconds,
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,          // nothing here changes a session
            IncludeErrorDetail = false,     // it would put people's words into the log
            LogParameters = false,
        };
        if (string.IsNullOrEmpty(settings.ApplicationName)) settings.ApplicationName = "maru";
        if (settings.KeepAlive == 0) settings.KeepAlive = 5;
        if (settings.Host?.Contains(',') == true && string.IsNullOrEmpty(settings.TargetSessionAttributes))
            settings.TargetSessionAttributes = "primary";
        CheckFiles(settings);
        return settings;
    }

    /// <summary>As PostgreSQL's own clients do, refuses a private key that others can read.</summary>
    private static void CheckFiles(NpgsqlConnectionStringBuilder settings)
    {
        try
        {
            foreach (var path in (string?[])[settings.SslCertificate, settings.SslKey, settings.RootCertificate, settings.Passfile])
            {
                if (!string.IsNullOrEmpty(path)) GivenFile.Check(path);
            }

            if (settings.SslKey is { Length: > 0 } key && File.Exists(key) && OwnFile.IsOpen(key))
                throw new StartException($"Others can read {key}, the key of Maru:Database. Run: chmod 600 {key}");
        }
        catch (IOException e)
        {
            throw new StartException($"Maru:Database names a file that cannot be used. {e.Message}", e);
        }
    }

    /// <param name="name">in metrics, which would have the connection string instead</param>
    private static NpgsqlDataSource Source(
        NpgsqlConnectionStringBuilder settings, string name, Action<NpgsqlConnectionStringBuilder> adjust)
    {
        var own = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
        own.Options = $"{own.Options} {ByKeyOnly}".TrimStart();
        adjust(own);
        return new NpgsqlDataSourceBuilder(own.ConnectionString) { Name = name }.Build();
    }
}
