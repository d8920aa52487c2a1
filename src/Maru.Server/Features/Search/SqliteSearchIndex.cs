using Dapper;
using Maru.Server.Files;
using Maru.Server.Followers;
using Maru.Server.Storage;
using Microsoft.Data.Sqlite;

namespace Maru.Server.Features.Search;

/// <summary>
/// The index in a SQLite file of its own, beside the store, whose one writer stays with the messages. FTS5 gets ready tokens, separated by
/// blanks; which message each row is, a table says. A file that is damaged, or of another schema, is deleted, also while the server works,
/// and made anew of the messages. Any thread.
/// </summary>
internal sealed partial class SqliteSearchIndex : ISearchIndex, IAsyncDisposable
{
    private const string Ending = "-search.db";

    private const int Corrupt = 11;     // SQLITE_CORRUPT
    private const int NotADatabase = 26;

    // As sqlite_schema has them: what differs is of another version of the program.
    private static readonly string[] Schema =
    [
        "CREATE TABLE messages (id INTEGER PRIMARY KEY, room_id INTEGER NOT NULL, seq INTEGER NOT NULL, size INTEGER NOT NULL)",
        "CREATE UNIQUE INDEX messages_by_seq ON messages (room_id, seq)",
        "CREATE VIRTUAL TABLE tokens USING fts5(t, content='', contentless_delete=1, detail='none', tokenize='ascii')",
    ];

    private readonly string _path;
    private readonly string _readers;
    private readonly SearchState _state;
    private readonly ILogger<SqliteSearchIndex> _log;
    private readonly SearchWriter _waiting;
    private SqliteConnection? _connection;      // the writer's, as the rows
    private SqliteSearchRows? _rows;
    private volatile int _file;             // the number of files before this one
    private volatile int _damaged = -1;     // the last one that cannot be used

    public SqliteSearchIndex(Database store, SearchState state, FollowerThread thread, ILogger<SqliteSearchIndex> log)
    {
        (_state, _log) = (state, log);
        _path = Path.Combine(Path.GetDirectoryName(store.Name)!, Path.GetFileNameWithoutExtension(store.Name) + Ending);
        _readers = new SqliteConnectionStringBuilder { DataSource = _path, Mode = SqliteOpenMode.ReadOnly }.ToString();
        _waiting = new SearchWriter(WriteAsync, thread);
    }

    public async Task<bool> OpenAsync(CancellationToken ct)
    {
        await EventLoop.LeaveAsync();
        try
        {
            Open();
        }
        catch (SqliteException e) when (IsDamage(e))
        {
            DeleteFile(e.Message);
            Open();
        }

        _waiting.Begin();
        return _connection!.ExecuteScalar<long>("PRAGMA user_version") != Tokenizer.Version;
    }

    public Task SealAsync(CancellationToken ct) => Task.FromResult(Seal());

    public Task PutAsync(IndexedPage page, CancellationToken ct) => _waiting.PutAsync(page, ct);

    /// <summary>
    /// Transactions are in the log that SQLite writes ahead, which it brings to the disk itself only before a checkpoint.
    /// </summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        await EventLoop.LeaveAsync();
        using var log = File.OpenHandle(_path + "-wal", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.FlushToDisk(log);
    }

    public async Task<IReadOnlyList<SearchHit>> FindAsync(SearchSpan span, CancellationToken ct)
    {
        await EventLoop.LeaveAsync();
        var file = _file;
        try
        {
            return Find(span);
        }
        catch (SqliteException e) when (IsDamage(e))
        {
            // The writer makes another file: this wakes it.
            _damaged = file;
            await PutAsync(new IndexedPage(0, 0, 0, [], Lease: ""), ct);
            return Find(span);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _waiting.DisposeAsync();
        Close();
    }

    private void Open()
    {
        if (!File.Exists(_path)) OwnFile.Open(_path, FileMode.OpenOrCreate).Dispose();
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false }.ToString());
        _connection.Open();
        _connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384");
        const string Own = "SELECT sql FROM sqlite_schema WHERE name IN ('messages', 'messages_by_seq', 'tokens') ORDER BY rowid";
        string[] there = [.. _connection.Query<string>(Own)];
        if (there.Length > 0 && !there.SequenceEqual(Schema)) throw new SqliteException("its schema is another one", Corrupt);
        if (there.Length == 0) _connection.Execute($"BEGIN IMMEDIATE; {string.Join("; ", Schema)}; COMMIT");
        _rows = new SqliteSearchRows(_connection);
    }

    private void Close()
    {
        _rows?.Dispose();
        _connection?.Dispose();
        SqliteConnection.ClearPool(new SqliteConnection(_readers));
    }

    private void DeleteFile(string reason)
    {
        Log.Deleted(_log, _path, reason);
        Close();
        foreach (var file in (string[])["", "-wal", "-shm"]) File.Delete(_path + file);
    }

    private int Seal() => _connection!.Execute($"PRAGMA user_version = {Tokenizer.Version}");

    private List<SearchHit> Find(SearchSpan span)
    {
        using var connection = new SqliteConnection(_readers);
        connection.Open();
        if (span.Rooms is not { } rooms || span.Tokens.Count == 0) return Find(connection, span);
        // All that was said in a large room is gone through where the room is looked for. Hits that are few, or mostly in these rooms, are
        // sooner found by the words alone.
        var anywhere = Find(connection, span with { Rooms = null, Limit = 2 * span.Limit });
        List<SearchHit> hits = [.. anywhere.Where(hit => rooms.Contains(hit.RoomId)).Take(span.Limit)];
        if (hits.Count < span.Limit && anywhere.Count == 2 * span.Limit)
            hits.AddRange(Find(connection, span with { Before = anywhere[^1].Id, Limit = span.Limit - hits.Count }));
        return hits;
    }

    private static List<SearchHit> Find(SqliteConnection connection, SearchSpan span) =>
    [
        .. connection.Query<SearchHit>(
            """
            SELECT m.id, m.room_id, m.seq, m.size FROM tokens CROSS JOIN messages m
            WHERE tokens MATCH @match AND tokens.rowid >= @From AND tokens.rowid < @Before AND m.id = tokens.rowid
            ORDER BY tokens.rowid DESC LIMIT @Limit
            """,
            new { match = Match(span), span.From, span.Before, span.Limit }),
    ];

    /// <summary>Returns a query of FTS5, in which each token is a string.</summary>
    private static string Match(SearchSpan span)
    {
        var all = string.Join(" AND ", span.Tokens.Select(Quoted));
        if (span.Rooms is null) return all;
        var rooms = $"({string.Join(" OR ", span.Rooms.Select(room => Quoted(SearchTokens.Room(room))))})";
        return all.Length == 0 ? rooms : $"{all} AND {rooms}";
    }

    private static string Quoted(string token) => $"\"{token.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private async Task WriteAsync(IReadOnlyList<IndexedPage> pages)
    {
        if (_damaged == _file) await RenewAsync("it cannot be read");
        try
        {
            Write(pages);
        }
        catch (SqliteException e) when (IsDamage(e))
        {
            await RenewAsync(e.Message);
            Write(pages);
        }
    }

    private void Write(IReadOnlyList<IndexedPage> pages)
    {
        using var transaction = _connection!.BeginTransaction();
        _rows!.Write(pages, transaction);
        transaction.Commit();
    }

    /// <summary>Makes another file, and wants it filled. A server that dies before it is sealed does so when it starts.</summary>
    private async Task RenewAsync(string reason)
    {
        _damaged = _file;
        DeleteFile(reason);
        Open();
        SqliteConnection.ClearPool(new SqliteConnection(_readers));
        await _state.WantAsync(CancellationToken.None);
        Seal();
        _file++;
    }

    private static bool IsDamage(SqliteException e) => e.SqliteErrorCode is Corrupt or NotADatabase;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Path} is damaged, and is deleted and made anew of the messages: {Reason}")]
        public static partial void Deleted(ILogger log, string path, string reason);
    }
}
