using Maru.Engine.Commit;
using Maru.Engine.Log;
using Maru.Server.Storage.Sqlite;
using SQLitePCL;

namespace Maru.Server.RoomLog;

/// <summary>
/// The client keys that were used, for ever. Inserting random keys into their index one by one costs more than the messages themselves (a
/// page each), so recent ones live in memory and enter the index in sorted groups, some with each transaction. A watermark, moved in the
/// same transactions, tells up to which message the index is complete; keys above it are read back at start. Commit loop only.
/// </summary>
internal sealed class MessageKeys : IDisposable
{
    /// <summary>Messages to a group: 32k keys are some 5 MB of memory, and read back in 50 ms.</summary>
    private const int GroupSize = 32 * 1024;

    private readonly SqliteStatement _find;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _moveWatermark;
    private Dictionary<ClientKey, KeyUse> _recent = new(ClientKey.Equality);               // committed, not in the index
    private Dictionary<ClientKey, KeyUse> _settlingUses = new(ClientKey.Equality);         // on their way into the index
    private ClientKey[] _settling = [];
    private int _settled;
    private int _settledInBatch;
    private int _recentMessages;
    private long _recentEnd;        // the newest message of the recent group
    private long _settlingEnd;
    private long _batchEnd;
    private int _batchMessages;

    public MessageKeys(sqlite3 connection)
    {
        _find = new SqliteStatement(
            connection, "SELECT seq, content_hash FROM message_keys WHERE room_id = ?1 AND sender_id = ?2 AND client_key = ?3");
        _insert = new SqliteStatement(
            connection,
            "INSERT OR IGNORE INTO message_keys (room_id, sender_id, client_key, seq, content_hash) VALUES (?1, ?2, ?3, ?4, ?5)");
        _moveWatermark = new SqliteStatement(connection, "UPDATE message_keys_watermark SET message_id = ?1");
        Load(connection);
    }

    /// <summary>Finds the first use of the key in an earlier transaction; false: it is new.</summary>
    public bool TryFind(in ClientKey key, out KeyUse use)
    {
        if (_recent.TryGetValue(key, out use) || _settlingUses.TryGetValue(key, out use)) return true;
        _find.Bind(1, key.Room).Bind(2, key.Sender).Bind(3, key.Text);
        var found = _find.Step();
        if (found) use = new KeyUse(_find.Int64(0), _find.Int64(1));
        _find.Reset();
        return found;
    }

    /// <summary>
    /// Puts older keys into the index, inside the transaction and after its messages: more than came in, so that it never falls behind.
    /// </summary>
    /// <param name="messages">messages of this transaction</param>
    /// <param name="lastMessage">the id of the newest message in the store</param>
    public void Settle(int messages, long lastMessage)
    {
        (_batchMessages, _batchEnd) = (messages, lastMessage);
        var until = Math.Min(_settling.Length, _settled + (2 * messages) + 16);
        for (var i = _settled; i < until; i++)
        {
            var key = _settling[i];
            var use = _settlingUses[key];
            _insert.Bind(1, key.Room).Bind(2, key.Sender).Bind(3, key.Text).Bind(4, use.Seq).Bind(5, use.ContentHash).Run();
        }

        _settledInBatch = until - _settled;
        if (until == _settling.Length && _settlingEnd > 0) _moveWatermark.Bind(1, _settlingEnd).Run();
    }

    /// <param name="rows">the messages of the transaction</param>
    public void Committed(List<MessageRow> rows)
    {
        foreach (var row in rows)
        {
            if (row.Key is { } key) _recent[key] = new KeyUse(row.Draft.Seq, row.ContentHash);
        }

        _recentMessages += _batchMessages;
        _recentEnd = Math.Max(_recentEnd, _batchEnd);
        _settled += _settledInBatch;
        if (_settled < _settling.Length || _recentMessages < GroupSize) return;

        (_settlingUses, _recent) = (_recent, _settlingUses);
        _recent.Clear();
        _settling = [.. _settlingUses.Keys];
        Array.Sort(_settling);
        (_settled, _settlingEnd, _recentMessages) = (0, _recentEnd, 0);
    }

    public void RolledBack() => (_settledInBatch, _batchMessages, _batchEnd) = (0, 0, 0);

    public void Dispose()
    {
        _find.Dispose();
        _insert.Dispose();
        _moveWatermark.Dispose();
    }

    private void Load(sqlite3 connection)
    {
        using var unsettled = new SqliteStatement(
            connection,
            """
            SELECT id, room_id, sender_id, client_key, seq, content_hash FROM messages
            WHERE id > (SELECT message_id FROM message_keys_watermark) AND client_key IS NOT NULL ORDER BY id
            """);
        while (unsettled.Step())
        {
            var key = new ClientKey(unsettled.Int64(1), unsettled.Int64(2), unsettled.Blob(3));
            _recent.TryAdd(key, new KeyUse(unsettled.Int64(4), unsettled.Int64(5)));
            (_recentEnd, _recentMessages) = (unsettled.Int64(0), _recentMessages + 1);
        }

        unsettled.Reset();
    }
}
