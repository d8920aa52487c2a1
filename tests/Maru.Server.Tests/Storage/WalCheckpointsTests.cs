using System.Buffers.Binary;
using Maru.Server.Storage;
using Maru.Server.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Maru.Server.Tests.Storage;

/// <summary>The write-ahead log behind a writer that never pauses, as the commit loop does it: a transaction, then word of it.</summary>
[Trait("Store", "sqlite")]
public sealed class WalCheckpointsTests : IAsyncDisposable
{
    private const int Row = 256 * 1024;
    private const int MessagesInRow = Row / 2048;       // what the checkpoints take a message for
    private const int ManyRows = 80;                    // 20 MB: more than the log holds before it is folded

    private readonly Folder _folder = new();
    private readonly SqliteDatabase _database;
    private readonly WalCheckpoints _checkpoints;

    public WalCheckpointsTests()
    {
        var storage = new StorageOptions($"Data Source={Store}", Data: _folder);
        _database = new SqliteDatabase(storage, new SqliteOptions(), NullLogger<SqliteDatabase>.Instance);
        _checkpoints = new WalCheckpoints(_database, NullLogger.Instance);
        Run("CREATE TABLE bytes (value BLOB)");
    }

    private string Store => Path.Combine(_folder, "maru.db");

    private long LogBytes => new FileInfo($"{Store}-wal").Length;

    [Fact]
    public async Task The_log_is_folded_behind_the_writer_and_begins_anew_at_its_old_size()
    {
        var begun = Generation();
        await WriteUntilAsync(() => Generation() != begun, "the log to begin anew");
        new FileInfo(Store).Length.ShouldBeGreaterThan(Row * ManyRows / 2);
        var size = LogBytes;
        for (var i = 0; i < 10; i++) Write();
        LogBytes.ShouldBe(size);
    }

    [Fact]
    public async Task A_reader_that_stays_holds_the_log_back_and_not_the_writer()
    {
        Write();
        var begun = Generation();
        using (var reader = _database.OpenCheckpointer())
        {
            Ask(reader, "BEGIN");
            Count(reader).ShouldBe(1);
            for (var i = 0; i < 2 * ManyRows; i++) Write();
            Generation().ShouldBe(begun);
            Count(reader).ShouldBe(1);
        }

        await WriteUntilAsync(() => Generation() != begun, "the log to begin anew");
    }

    public async ValueTask DisposeAsync()
    {
        _checkpoints.Dispose();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    private async Task WriteUntilAsync(Func<bool> condition, string what)
    {
        for (var i = 0; i < ManyRows; i++) Write();
        await Deadline.Until(
            () =>
            {
                Write();
                return condition();
            },
            what);
    }

    private void Write() => Run($"INSERT INTO bytes VALUES (zeroblob({Row}))");

    private void Run(string sql)
    {
        using var lease = _database.EnterWriter();
        Ask(lease.Connection, sql);
        _checkpoints.Committed(lease.Connection.Handle.ShouldNotBeNull(), MessagesInRow);
    }

    private static long Count(SqliteConnection connection) => (long)Ask(connection, "SELECT count(*) FROM bytes").ShouldNotBeNull();

    private static object? Ask(SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        return command.ExecuteScalar();
    }

    /// <summary>
    /// How often the log began anew: the fourth number of its header (https://www.sqlite.org/fileformat2.html#walformat).
    /// </summary>
    private uint Generation()
    {
        using var log = new FileStream($"{Store}-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var header = new byte[32];
        log.ReadExactly(header);
        return BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(12));
    }
}
