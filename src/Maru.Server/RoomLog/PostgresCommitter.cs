using Maru.Engine.Commit;
using Maru.Engine.Log;
using Maru.Server.Storage;
using Npgsql;

namespace Maru.Server.RoomLog;

/// <summary>
/// Appends one batch after the other on its own connection. A batch of messages takes two round trips: one locks the heads of its rooms and
/// reads the facts about each draft (<see cref="PostgresFacts"/>), one writes and commits. Every append and every change of a membership,
/// on any node, holds the room's lock, so seqs are dense, and no entry of a removed member comes after the removal. One thread.
/// </summary>
internal sealed class PostgresCommitter : IDisposable
{
    private static readonly string Insert = InsertOf("", "");
    private static readonly string InsertWithMore = InsertOf(", mentions, poll, files", ", $11, $12, $13");

    private readonly NpgsqlConnection _connection;
    private readonly TimeProvider _time;
    private readonly PostgresFacts _facts = new();
    private readonly Appending _appending;

    public PostgresCommitter(NpgsqlConnection connection, TimeProvider time)
    {
        (_connection, _time) = (connection, time);
        _appending = new Appending(_facts);
    }

    /// <summary>
    /// True when the last append failed at its first statement: the connection had been lost while it was idle, and nothing can have been
    /// written.
    /// </summary>
    public bool WasGone { get; private set; }

    public void Append(IReadOnlyList<BatchPart> parts)
    {
        WasGone = true;
        _facts.Read(_connection, parts, _time.GetUtcNow().ToUnixTimeMilliseconds());
        WasGone = false;
        _appending.Decide(parts);
        var hasWrites = _appending.Writes.Count > 0;
        if (hasWrites) RunWrites();
        using var last = _connection.CreateBatch();
        if (!hasWrites) WriteMessages(last);
        MoveHeads(last);
        last.Add("COMMIT");
        last.ExecuteNonQuery();
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>Runs the writes of the batch, behind its messages.</summary>
    private void RunWrites()
    {
        using (var batch = _connection.CreateBatch())
        {
            WriteMessages(batch);
            if (batch.BatchCommands.Count > 0) batch.ExecuteNonQuery();
        }

        foreach (var write in _appending.Writes) ((RoomWrite)write).Run(_connection, _appending.HeadOf(write));
    }

    private void WriteMessages(NpgsqlBatch batch)
    {
        InsertMessages(batch);
        if (_appending.Sent.Count == 0) return;
        long[] sent = [.. _appending.Sent.Select(x => x.Id)];
        batch.Add("DELETE FROM scheduled_files WHERE scheduled_id = ANY($1)").With(sent);
        batch.Add("DELETE FROM scheduled WHERE id = ANY($1)").With(sent);
    }

    private void InsertMessages(NpgsqlBatch batch)
    {
        var rows = _appending.Rows;
        if (rows.Count == 0) return;
        if (_appending.Turns.Count > 0) TakeTurns(batch);
        var hasMore = rows.Exists(x => x.Draft.Mentions is not null || x.Draft.Poll is not null || x.Draft.Attachments?.Json is not null);
        var insert = batch
            .Add(hasMore ? InsertWithMore : Insert)
            .With([.. rows.Select(x => x.Draft.Room.Value)])
            .With([.. rows.Select(x => x.Draft.Seq)])
            .With([.. rows.Select(x => x.Number)])
            .With([.. rows.Select(x => x.Draft.Actor.Value)])
            .With([.. rows.Select(x => x.Head.At)])
            .With([.. rows.Select(x => x.Draft.ReplyTo)])
            .With([.. rows.Select(x => x.ContentHash)])
            .With([.. rows.Select(x => x.Draft.Text)])
            .With([.. rows.Select(x => x.Draft.ClientKey)])
            .With(EntryKind.MessageCreated);
        if (hasMore)
        {
            insert
                .With([.. rows.Select(x => x.Draft.Mentions?.Json)])
                .With([.. rows.Select(x => x.Draft.Poll)])
                .With([.. rows.Select(x => x.Draft.Attachments?.Json)]);
        }

        Write(batch, MentionRows.Insert, MentionRows.Of(rows));
        Write(batch, FileRows.Insert, FileRows.Of(rows));
        Write(batch, ReplyCounts.Add, ReplyCounts.Of(rows));
        Write(batch, OriginRows.Write, OriginRows.Of(rows));
    }

    /// <summary>Writes what few messages have, of all of the batch at once; null: none has it.</summary>
    private void Write(NpgsqlBatch batch, string sql, string? rows)
    {
        if (rows is not null) batch.Add(Dialect.Write(_connection, sql)).Parameters.AddWithValue("rows", rows);
    }

    private void TakeTurns(NpgsqlBatch batch)
    {
        var turns = _appending.Turns.ToArray();
        batch
            .Add(
                """
                INSERT INTO slow_turns (room_id, user_id, at)
                SELECT room_id, user_id, at FROM unnest($1, $2, $3) AS x (room_id, user_id, at)
                ON CONFLICT (room_id, user_id) DO UPDATE SET at = excluded.at
                """)
            .With(Array.ConvertAll(turns, x => x.Key.Room.Value))
            .With(Array.ConvertAll(turns, x => x.Key.User.Value))
            .With(Array.ConvertAll(turns, x => x.Value));
    }

    /// <param name="columns">that few messages have</param>
    /// <param name="parameters">their values</param>
    private static string InsertOf(string columns, string parameters) =>
        $"""
        INSERT INTO messages (room_id, seq, number, type, sender_id, at, reply_to, replies, content_hash, text, client_key{columns})
        SELECT room_id, seq, number, $10, sender_id, at, nullif(reply_to, 0), CASE WHEN reply_to > 0 THEN 0 END,
          CASE WHEN client_key IS NOT NULL THEN content_hash END, text, client_key{columns}
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9{parameters})
          AS x (room_id, seq, number, sender_id, at, reply_to, content_hash, text, client_key{columns})
        """;

    private void MoveHeads(NpgsqlBatch batch)
    {
        LogHead[] moved = [.. _appending.Heads.Where(x => x.HasMoved)];
        if (moved.Length == 0) return;
        batch
            .Add(
                """
                UPDATE room_heads h SET last_seq = x.last_seq, messages = x.messages, last_at = x.last_at
                FROM unnest($1, $2, $3, $4) AS x (room_id, last_seq, messages, last_at) WHERE h.room_id = x.room_id
                """)
            .With(Array.ConvertAll(moved, x => x.Room.Value))
            .With(Array.ConvertAll(moved, x => x.End.Seq))
            .With(Array.ConvertAll(moved, x => x.End.Messages))
            .With(Array.ConvertAll(moved, x => x.At));
    }
}
