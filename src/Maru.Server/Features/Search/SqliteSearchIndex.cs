using System.Data;
using System.Threading.Channels;
using Dapper;
using Maru.Server.Files;
using Maru.Server.Storage;
using Microsoft.Data.Sqlite;

namespace Maru.Server.Features.Search;

/// <summary>
/// The index in a SQLite file of its own, beside the store, whose one writer stays with the messages. FTS5 gets ready tokens, separated by
/// blanks; which message each row is, a table says. All that waits at a time is one transaction. Any thread.
/// </summary>
internal sealed class SqliteSearchIndex : ISearchIndex, IAsyncDisposable
{
    private const string Ending = "-search.db";

    private const string Schema =
        """
        DROP TABLE IF EXISTS tokens;
        DROP TABLE IF EXISTS messages;
        CREATE TABLE messages (id INTEGER PRIMARY KEY, room_id INTEGER NOT NULL, seq INTEGER NOT NULL);
        CREATE UNIQUE INDEX messages_by_seq ON messages (room_id, seq);
        CREATE VIRTUAL TABLE tokens USING fts5(t, content='', contentless_delete=1, detail='none', tokenize='ascii');
        """;

    private readonly Channel<(IReadOnlyList<IndexedMessage> Messages, TaskCompletionSource Done)> _waiting =
        Channel.CreateUnbounded<(IReadOnlyList<IndexedMessage>, TaskCompletionSource)>();      // bounded by the followers' workers

    private readonly string _path;
    private readonly string _readers;
    private SqliteConnection? _writer;
    private Task _writing = Task.CompletedTask;

    /// <param name="store">the file of the store</param>
    public SqliteSearchIndex(string store)
    {
        _path = Path.Combine(Path.GetDirectoryName(store)!, Path.GetFileNameWithoutExtension(store) + Ending);
        _readers = new SqliteConnectionStringBuilder { DataSource = _path, Mode = SqliteOpenMode.ReadOnly }.ToString();
    }

    public async Task OpenAsync(Func<Task> anew, CancellationToken ct)
    {
        await EventLoop.LeaveAsync();
        if (!File.Exists(_path)) await OwnFile.Open(_path, FileMode.OpenOrCreate).DisposeAsync();
        _writer = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false }.ToString());
        _writer.Open();
        _writer.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384");
        if (_writer.ExecuteScalar<long>("PRAGMA user_version") != Tokenizer.Version)
        {
            _writer.Execute($"BEGIN IMMEDIATE; {Schema} COMMIT");
            await anew();
            _writer.Execute($"PRAGMA user_version = {Tokenizer.Version}");
        }

        _writing = Task.Run(WriteAsync, CancellationToken.None);
    }

    public Task PutAsync(IReadOnlyList<IndexedMessage> messages, CancellationToken ct)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_waiting.Writer.TryWrite((messages, done))) throw new OperationCanceledException("The index is closed.");
        return done.Task.WaitAsync(ct);
    }

    public async Task<IReadOnlyList<SearchHit>> FindAsync(SearchSpan span, CancellationToken ct)
    {
        await EventLoop.LeaveAsync();
        using var connection = new SqliteConnection(_readers);
        connection.Open();
        return [.. connection.Query<SearchHit>(
            """
            SELECT m.id, m.room_id, m.seq FROM tokens CROSS JOIN messages m
            WHERE tokens MATCH @match AND tokens.rowid >= @From AND tokens.rowid < @Before AND m.id = tokens.rowid
            ORDER BY tokens.rowid DESC LIMIT @Limit
            """,
            new { match = Match(span), span.From, span.Before, span.Limit })];
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writing;
        if (_writer is not null) await _writer.DisposeAsync();
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

    private async Task WriteAsync()
    {
        List<(IReadOnlyList<IndexedMessage> Messages, TaskCompletionSource Done)> batch = [];
        while (await _waiting.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (_waiting.Reader.TryRead(out var next)) batch.Add(next);
            if (batch.Count > 1 && TryPut([.. batch.SelectMany(x => x.Messages)]) is null)
            {
                foreach (var (_, done) in batch) done.TrySetResult();
                continue;
            }

            // Each room by itself: one that fails holds up no other.
            foreach (var (messages, done) in batch)
            {
                if (TryPut(messages) is { } fault) done.TrySetException(fault);
                else done.TrySetResult();
            }
        }
    }

    /// <summary>Puts messages in by one transaction; returns why it could not.</summary>
    private Exception? TryPut(IReadOnlyList<IndexedMessage> messages)
    {
        try
        {
            using var transaction = _writer!.BeginTransaction();
            foreach (var message in messages) Put(message, transaction);
            transaction.Commit();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private void Put(IndexedMessage message, IDbTransaction transaction)
    {
        var id = _writer!.QueryFirstOrDefault<long>(
            "SELECT id FROM messages WHERE room_id = @Room AND seq = @Seq", message, transaction);
        if (id != 0) _writer!.Execute("DELETE FROM tokens WHERE rowid = @id", new { id }, transaction);
        if (message.Tokens.Count == 0)
        {
            if (id != 0) _writer!.Execute("DELETE FROM messages WHERE id = @id", new { id }, transaction);
            return;
        }

        if (id == 0)
        {
            id = _writer!.QueryFirst<long>(
                """
                INSERT INTO messages (id, room_id, seq)
                SELECT coalesce(max(id) + 1, @first), @Room, @Seq FROM messages WHERE id >= @first AND id < @last RETURNING id
                """,
                new { message.Room, message.Seq, first = SearchPlace.First(message.At), last = SearchPlace.AfterLast(message.At) },
                transaction);
        }

        _writer!.Execute(
            "INSERT INTO tokens (rowid, t) VALUES (@id, @text)", new { id, text = string.Join(' ', message.Tokens) }, transaction);
    }
}
