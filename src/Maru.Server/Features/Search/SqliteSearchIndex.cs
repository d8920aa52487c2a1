using Dapper;
using Maru.Server.Files;
using Maru.Server.Storage;
using Microsoft.Data.Sqlite;

namespace Maru.Server.Features.Search;

/// <summary>
/// The index in a SQLite file of its own, beside the store, whose one writer stays with the messages. FTS5 gets ready tokens, separated by
/// blanks; which message each row is, a table says. Any thread.
/// </summary>
internal sealed class SqliteSearchIndex : ISearchIndex, IAsyncDisposable
{
    private const string Ending = "-search.db";

    private const string Schema =
        """
        CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, room_id INTEGER NOT NULL, seq INTEGER NOT NULL, size INTEGER NOT NULL);
        CREATE UNIQUE INDEX IF NOT EXISTS messages_by_seq ON messages (room_id, seq);
        CREATE VIRTUAL TABLE IF NOT EXISTS tokens USING fts5(t, content='', contentless_delete=1, detail='none', tokenize='ascii');
        """;

    private readonly string _path;
    private readonly string _readers;
    private readonly SearchWriter _waiting;
    private SqliteConnection? _connection;
    private SqliteSearchRows? _rows;

    /// <param name="store">the file of the store</param>
    public SqliteSearchIndex(string store)
    {
        _path = Path.Combine(Path.GetDirectoryName(store)!, Path.GetFileNameWithoutExtension(store) + Ending);
        _readers = new SqliteConnectionStringBuilder { DataSource = _path, Mode = SqliteOpenMode.ReadOnly }.ToString();
        _waiting = new SearchWriter(Write);
    }

    public async Task<bool> OpenAsync(CancellationToken ct)
    {
        await EventLoop.LeaveAsync();
        if (!File.Exists(_path)) await OwnFile.Open(_path, FileMode.OpenOrCreate).DisposeAsync();
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false }.ToString());
        _connection.Open();
        _connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384");
        _connection.Execute($"BEGIN IMMEDIATE; {Schema} COMMIT");
        _rows = new SqliteSearchRows(_connection);
        _waiting.Begin();
        return _connection.ExecuteScalar<long>("PRAGMA user_version") != Tokenizer.Version;
    }

    public Task SealAsync(CancellationToken ct) => Task.FromResult(_connection!.Execute($"PRAGMA user_version = {Tokenizer.Version}"));

    public Task PutAsync(IndexedPage page, CancellationToken ct) => _waiting.PutAsync(page, ct);

    public async Task<IReadOnlyList<SearchHit>> FindAsync(SearchSpan span, CancellationToken ct)
    {
        await EventLoop.LeaveAsync();
        using var connection = new SqliteConnection(_readers);
        connection.Open();
        return [.. connection.Query<SearchHit>(
            """
            SELECT m.id, m.room_id, m.seq, m.size FROM tokens CROSS JOIN messages m
            WHERE tokens MATCH @match AND tokens.rowid >= @From AND tokens.rowid < @Before AND m.id = tokens.rowid
            ORDER BY tokens.rowid DESC LIMIT @Limit
            """,
            new { match = Match(span), span.From, span.Before, span.Limit })];
    }

    public async ValueTask DisposeAsync()
    {
        await _waiting.DisposeAsync();
        _rows?.Dispose();
        if (_connection is not null) await _connection.DisposeAsync();
        SqliteConnection.ClearPool(new SqliteConnection(_readers));
    }

    /// <summary>Returns a query of FTS5, in which each token is a string.</summary>
    private static string Match(SearchSpan span)
    {
        var all = string.Join(" AND ", span.Tokens.Select(Quoted));
        if (span.Rooms is null) return all;
        var rooms = $"({string.Join(" OR ", span.Rooms.Select(room => Quoted(SearchTokens.Room(room))))})";
        return all.Length == 0 ? rooms : $"{all} AND {rooms}";
    }

    private static string Quoted(string token) => $"\"{token.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private Task Write(IReadOnlyList<IndexedPage> pages)
    {
        using var transaction = _connection!.BeginTransaction();
        _rows!.Write(pages, transaction);
        transaction.Commit();
        return Task.CompletedTask;
    }
}
