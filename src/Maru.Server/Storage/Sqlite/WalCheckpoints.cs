using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Maru.Server.Storage.Sqlite;

/// <summary>
/// Checkpoints the write-ahead log without stopping the commit loop: a background connection copies, and the writer, between two
/// transactions, copies the little that came meanwhile, so that the log starts again from its beginning. Measured under load: the log stays
/// at 20 to 45 MB; left to the background alone it never ends, and SQLite's own automatic checkpoints put up to 55 ms into a sender's
/// commit.
/// </summary>
internal sealed partial class WalCheckpoints : IDisposable
{
    private const long BeginBytes = 16 * 1024 * 1024;
    private const long BytesPerMessage = 2 * 1024;      // pages that a message makes dirty, about
    private const long BytesPerTransaction = 16 * 1024;

    private readonly SqliteConnection _connection;
    private readonly ILogger _log;
    private readonly Thread _thread;
    private readonly AutoResetEvent _due = new(false);
    private volatile bool _stopping;
    private volatile bool _copied;
    private long _written;

    public WalCheckpoints(SqliteDatabase database, ILogger log)
    {
        _connection = database.OpenCheckpointer();
        _log = log;
        _thread = new Thread(Run) { IsBackground = true, Name = "maru checkpoint" };
        _thread.Start();
    }

    /// <summary>Called by the commit loop after each transaction.</summary>
    public void Committed(sqlite3 writer, int messages)
    {
        _written += BytesPerTransaction + (messages * BytesPerMessage);
        if (_copied)
        {
            _copied = false;
            raw.sqlite3_wal_checkpoint_v2(writer, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        }

        if (_written < BeginBytes) return;
        _written = 0;
        _due.Set();
    }

    public void Dispose()
    {
        _stopping = true;
        _due.Set();
        _thread.Join();
        _connection.Dispose();
        _due.Dispose();
    }

    private void Run()
    {
        while (_due.WaitOne() && !_stopping)
        {
            var result = raw.sqlite3_wal_checkpoint_v2(_connection.Handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
            if (result is raw.SQLITE_OK or raw.SQLITE_BUSY) _copied = true;
            else Log.Failed(_log, result);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "The write-ahead log could not be folded into the database (SQLite's code {Code}); it grows until that works.")]
        public static partial void Failed(ILogger log, int code);
    }
}
