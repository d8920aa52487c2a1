using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Maru.Server.Tests.Kit;

/// <summary>
/// A store of a test's own: a file in its folder or, with <c>MARU_TEST_STORE=postgres</c>, a database.
/// A test that is about one of the two says so with <c>[Trait("Store", "sqlite")]</c> or <c>"postgres"</c> and names the store itself.
/// What needs Redis or several nodes is one of PostgreSQL's, too.
/// </summary>
internal sealed class TestStore : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<string, Task<string>> OfFolders = new();

    private PostgresServer? _server;

    private TestStore(string connectionString) => ConnectionString = connectionString;

    public static bool IsPostgres { get; } = Environment.GetEnvironmentVariable("MARU_TEST_STORE") == "postgres";

    public string ConnectionString { get; }

    /// <summary>The connection string for programs that share this folder; the database goes with the server.</summary>
    public static Task<string> OfAsync(string folder) => OfFolders.GetOrAdd(folder, async x => (await MakeAsync(x)).ConnectionString);

    public static async Task<TestStore> MakeAsync(string folder)
    {
        if (!IsPostgres) return new TestStore($"Data Source={folder}/maru.db");
        var server = await PostgresServer.Shared;
        return new TestStore(await server.MakeDatabaseAsync()) { _server = server };
    }

    /// <summary>Makes a backup while a server runs, as docs/operations.md says.</summary>
    public static async Task BackUpAsync(string connectionString, string file)
    {
        if (IsPostgres) await (await PostgresServer.Shared).DumpAsync(connectionString, file);
        else await ExecuteAsync(connectionString, $"VACUUM INTO '{file}'");
    }

    /// <summary>Restores a backup while no server runs, as docs/operations.md says.</summary>
    public static async Task RestoreAsync(string connectionString, string file)
    {
        if (IsPostgres)
        {
            await (await PostgresServer.Shared).RestoreAsync(connectionString, file);
            return;
        }

        var store = new SqliteConnectionStringBuilder(connectionString).DataSource;
        File.Delete($"{store}-wal");
        File.Delete($"{store}-shm");
        File.Copy(file, store, overwrite: true);
    }

    /// <summary>Runs a statement as a program of an operator.</summary>
    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Opens a connection of another program's.</summary>
    public static async Task<DbConnection> OpenAsync(string connectionString)
    {
        if (IsPostgres) return await PostgresServer.OpenAsync(connectionString);
        var connection = new SqliteConnection($"{connectionString};Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DropDatabaseAsync(ConnectionString);
    }
}
