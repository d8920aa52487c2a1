using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Maru.Server.Features.Search;

/// <summary>The rows of an index in SQLite, written by statements that are prepared once. One thread at a time.</summary>
internal sealed class SqliteSearchRows(SqliteConnection connection) : IDisposable
{
    private readonly Statement _between = new(connection, "SELECT id, seq FROM messages WHERE room_id = @a AND seq > @b AND seq <= @c");
    private readonly Statement _find = new(connection, "SELECT id FROM messages WHERE room_id = @a AND seq = @b");
    private readonly Statement _place = new(connection, "SELECT max(id) FROM messages WHERE id >= @a AND id < @b");
    private readonly Statement _insert = new(connection, "INSERT INTO messages (id, room_id, seq, size) VALUES (@a, @b, @c, @d)");
    private readonly Statement _resize = new(connection, "UPDATE messages SET size = @b WHERE id = @a");
    private readonly Statement _delete = new(connection, "DELETE FROM messages WHERE id = @a");
    private readonly Statement _insertTokens = new(connection, "INSERT INTO tokens (rowid, t) VALUES (@a, @b)");
    private readonly Statement _deleteTokens = new(connection, "DELETE FROM tokens WHERE rowid = @a");

    public void Write(IReadOnlyList<IndexedPage> pages, SqliteTransaction transaction)
    {
        foreach (var page in pages)
        {
            var ids = Between(page, transaction);
            foreach (var message in page.Messages)
            {
                if (!ids.Remove(message.Seq, out var id) && message.Seq <= page.After)
                    id = _find.Scalar(transaction, page.Room, message.Seq) ?? 0;
                Put(page.Room, message, id, transaction);
            }

            foreach (var id in ids.Values) Delete(id, transaction);
        }
    }

    public void Dispose()
    {
        foreach (var statement in (Statement[])[_between, _find, _place, _insert, _resize, _delete, _insertTokens, _deleteTokens])
            statement.Dispose();
    }

    private Dictionary<long, long> Between(IndexedPage page, SqliteTransaction transaction)
    {
        Dictionary<long, long> ids = [];
        using var rows = _between.Read(transaction, page.Room, page.After, page.Last);
        while (rows.Read()) ids[rows.GetInt64(1)] = rows.GetInt64(0);
        return ids;
    }

    /// <param name="room">the room</param>
    /// <param name="message">the message</param>
    /// <param name="id">of the row that it has; 0: it has none</param>
    /// <param name="transaction">the transaction</param>
    private void Put(long room, IndexedMessage message, long id, SqliteTransaction transaction)
    {
        if (message.Tokens.Count == 0)
        {
            if (id != 0) Delete(id, transaction);
            return;
        }

        if (id == 0)
        {
            var first = SearchPlace.First(message.At);
            id = _place.Scalar(transaction, first, SearchPlace.AfterLast(message.At)) + 1 ?? first;
            _insert.Run(transaction, id, room, message.Seq, message.Tokens.Count);
        }
        else
        {
            _resize.Run(transaction, id, message.Tokens.Count);
            _deleteTokens.Run(transaction, id);
        }

        _insertTokens.Run(transaction, id, string.Join(' ', message.Tokens));
    }

    private void Delete(long id, SqliteTransaction transaction)
    {
        _deleteTokens.Run(transaction, id);
        _delete.Run(transaction, id);
    }

    /// <summary>A statement with the parameters <c>@a</c>, <c>@b</c>, <c>@c</c> …</summary>
    private sealed class Statement : IDisposable
    {
        private readonly SqliteCommand _command;

        public Statement(SqliteConnection connection, string sql)
        {
            _command = connection.CreateCommand();
            _command.CommandText = sql;
        }

        public SqliteDataReader Read(SqliteTransaction transaction, params ReadOnlySpan<object> values)
        {
            Bind(transaction, values);
            return _command.ExecuteReader();
        }

        public long? Scalar(SqliteTransaction transaction, params ReadOnlySpan<object> values)
        {
            Bind(transaction, values);
            return _command.ExecuteScalar() is long value ? value : null;
        }

        public void Run(SqliteTransaction transaction, params ReadOnlySpan<object> values)
        {
            Bind(transaction, values);
            _command.ExecuteNonQuery();
        }

        public void Dispose() => _command.Dispose();

        private void Bind(SqliteTransaction transaction, ReadOnlySpan<object> values)
        {
            _command.Transaction = transaction;
            var parameters = _command.Parameters;
            while (parameters.Count < values.Length)
                parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"@{(char)('a' + parameters.Count)}"), 0L);
            for (var i = 0; i < values.Length; i++) parameters[i].Value = values[i];
        }
    }
}
