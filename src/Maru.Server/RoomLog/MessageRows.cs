using System.Data.Common;
using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Storage;

namespace Maru.Server.RoomLog;

/// <summary>Reads messages and log entries from the store and writes them as JSON, for history, resume and search.</summary>
internal static class MessageRows
{
    /// <summary>The columns that <see cref="Read"/> expects, of <c>messages m</c> with its sender <c>s</c> and subject <c>t</c>.</summary>
    public const string Columns =
        $"""
        m.seq, m.type, m.at, m.text, m.reply_to, m.client_key, m.edited_at, m.deleted_at, m.room_state, m.number,
        s.id, s.handle, s.name, s.avatar_url, t.id, t.handle, t.name, t.avatar_url, m.reactions,
        m.mentions, m.banned, m.poll, m.replies, m.files, m.previews,
        {OriginRows.Columns}
        """;

    /// <summary>
    /// The columns that <see cref="Write"/> expects: the message, and the emoji with which the member <c>me</c> has reacted, and the
    /// options for which they have voted. These are looked for only beside a message that has reactions, or a poll.
    /// </summary>
    public const string ReaderColumns =
        $"""
        {Columns},
        CASE WHEN m.reactions IS NOT NULL THEN (
          SELECT string_agg(x.emoji, ' ') FROM reactions x
          WHERE x.room_id = m.room_id AND x.seq = m.seq AND x.user_id = me.user_id) END,
        CASE WHEN m.poll IS NOT NULL THEN coalesce((
          SELECT string_agg(x.option_id || '', ',' ORDER BY x.option_id) FROM poll_votes x
          WHERE x.room_id = m.room_id AND x.seq = m.seq AND x.user_id = me.user_id), '') END
        """;

    /// <summary>The same with the message that a reply answers: these go with <see cref="QuoteRows.Join"/>.</summary>
    public const string QuotedColumns = $"{ReaderColumns}, {QuoteRows.Columns}";

    /// <summary>The joins that go with <see cref="Columns"/>.</summary>
    public const string Joins = "JOIN users s ON s.id = m.sender_id LEFT JOIN users t ON t.id = m.subject_id";

    /// <summary>The number of <see cref="ReaderColumns"/>: a query's own columns begin there.</summary>
    public const int ReaderColumnCount = ColumnCount + 2;

    /// <summary>The number of <see cref="QuotedColumns"/>.</summary>
    public const int QuotedColumnCount = ReaderColumnCount + QuoteRows.ColumnCount;

    private const int NumberColumn = 9;
    private const int DeletedColumn = 7;
    private const int ReactionsColumn = 18;
    private const int MentionsColumn = 19;
    private const int BannedColumn = 20;
    private const int PollColumn = 21;
    private const int RepliesColumn = 22;
    private const int FilesColumn = 23;
    private const int PreviewsColumn = 24;
    private const int OriginColumn = 25;
    internal const int ColumnCount = OriginColumn + OriginRows.ColumnCount;

    /// <summary>Writes the current row as one <c>message</c>, as the member sees it.</summary>
    /// <param name="unreadBy">how many have not read it; null: not told</param>
    /// <param name="starred">true: the reader has starred it</param>
    /// <param name="highlights">where its text has what somebody searched for, as a JSON array; null: nobody did</param>
    /// <param name="fileHighlights">where the names of its files have it; null: none has</param>
    /// <param name="quotes">true: the row has <see cref="QuotedColumns"/></param>
    public static void Write(
        Utf8JsonWriter writer, DbDataReader row, RoomId room, long? unreadBy = null, bool starred = false, bool quotes = false,
        byte[]? highlights = null, byte[]? fileHighlights = null)
    {
        var reactions = Reactions(row)?.ToJson(row.IsDBNull(ColumnCount) ? "" : row.GetString(ColumnCount));
        var message = Read(row, room, reactions) with
        {
            UnreadBy = unreadBy,
            IsStarred = starred,
            Votes = row.IsDBNull(ColumnCount + 1) ? null : row.GetString(ColumnCount + 1),
            Replies = Number(row, RepliesColumn),
            Highlights = highlights,
            FileHighlights = fileHighlights,
            Quote = quotes ? QuoteRows.Read(row, ReaderColumnCount) : default,
        };
        MessageJson.Write(writer, message);
    }

    /// <summary>
    /// Reads entries of a room's log behind <paramref name="after"/> up to <paramref name="last"/>, in seq order: messages and changes,
    /// merged. A change carries its message in its present state: deleted text is not shown again. One with a detail carries that instead.
    /// </summary>
    public static async Task<List<Entry>> ReadLogAsync(DbConnection connection, RoomId room, long after, long last, int maxBytes)
    {
        await using var command = Command(
            connection,
            $"""
            SELECT {Columns}, m.seq AS log_seq, m.type AS log_type, m.subject_id, 0 AS target, NULL AS detail
            FROM (SELECT * FROM messages WHERE room_id = @room AND seq > @seq AND seq <= @last) m {Joins}
            UNION ALL
            SELECT {Columns}, c.seq, c.type, NULL, coalesce(c.target_seq, 0), c.detail
            FROM (SELECT * FROM changes WHERE room_id = @room AND seq > @seq AND seq <= @last) c
            LEFT JOIN messages m ON m.room_id = c.room_id AND m.seq = c.target_seq AND c.detail IS NULL
            LEFT JOIN users s ON s.id = m.sender_id LEFT JOIN users t ON t.id = m.subject_id
            ORDER BY log_seq
            """,
            room,
            after,
            last);
        await using var reader = await command.ExecuteReaderAsync();
        List<Entry> entries = [];
        var bytes = 0;
        while (bytes < maxBytes && await reader.ReadAsync())
        {
            var entry = ToEntry(reader, room);
            entries.Add(entry);
            bytes += entry.Body.Length;
        }

        return entries;
    }

    /// <summary>Returns the entry of a change that was just made.</summary>
    /// <param name="connection">with the transaction that makes it</param>
    /// <param name="room">the room</param>
    /// <param name="head">of its log, which ends with the entry</param>
    /// <param name="kind">the entry's</param>
    /// <param name="target">the seq of the message</param>
    /// <param name="mentioned">whom it newly mentions; null: it changes no mentions</param>
    public static Entry Entry(
        DbConnection connection, RoomId room, RoomHead head, EntryKind kind, long target, IReadOnlyList<UserId>? mentioned)
    {
        using var reader = SelectMessage(connection, room, target);
        if (!reader.Read()) throw new InvalidOperationException($"room {room} has no message {target}");
        var body = EventJson.Entry(kind, head.Seq, Read(reader, room, Reactions(reader)?.ToJson()));
        return new Entry(room, head.Seq, kind, body) { Number = head.Messages, Target = target, Mentioned = mentioned };
    }

    /// <summary>Returns the names of the files of the current row, in their order.</summary>
    public static IReadOnlyList<string> FileNames(DbDataReader row)
    {
        if (row.IsDBNull(FilesColumn)) return [];
        using var files = JsonDocument.Parse(row.GetString(FilesColumn));
        return [.. files.RootElement.EnumerateArray().Select(file => file.GetProperty("name").GetString() ?? "")];
    }

    /// <summary>Returns whether the current row mentions somebody by name.</summary>
    public static bool Mentions(DbDataReader row, UserId user)
    {
        if (row.IsDBNull(MentionsColumn)) return false;
        using var mentions = JsonDocument.Parse(row.GetString(MentionsColumn));
        return mentions.RootElement.EnumerateArray()
            .Any(mention => mention.TryGetProperty("userId", out var id) && id.GetInt64() == user.Value);
    }

    /// <summary>Returns the event that tells the people whom the current row, a message, mentions.</summary>
    public static byte[] Mention(DbDataReader row, RoomId room) => EventJson.Mention(Read(row, room, Reactions(row)?.ToJson()));

    private static Entry ToEntry(DbDataReader row, RoomId room)
    {
        var (seq, kind, target) = (row.GetInt64(ColumnCount), EntryKind.Of(row.GetInt64(ColumnCount + 1)), row.GetInt64(ColumnCount + 3));
        if (kind.IsKnown && !row.IsDBNull(ColumnCount + 4))
            return new Entry(room, seq, kind, EventJson.Entry(kind, room, seq, target, Utf8Reader.Text(row, ColumnCount + 4)))
            {
                About = target,
            };
        // Of a newer node's change only the message that it changes can be told.
        var hasMessage = !row.IsDBNull(0) && (kind.IsKnown || target == 0);
        var body = hasMessage
            ? EventJson.Entry(kind, seq, Read(row, room, Reactions(row)?.ToJson()))
            : EventJson.Entry(kind, room, seq, target);
        return new Entry(room, seq, kind, body)
        {
            Number = target == 0 && !row.IsDBNull(NumberColumn) ? row.GetInt64(NumberColumn) : 0,
            Target = target,
            Member = kind.NamesMember ? new UserId(row.GetInt64(ColumnCount + 2)) : null,
        };
    }

    private static MessageFields Read(DbDataReader row, RoomId room, byte[]? reactions) => new()
    {
        Room = room,
        Seq = row.GetInt64(0),
        Kind = EntryKind.Of(row.GetInt64(1)),
        At = row.GetInt64(2),
        Text = Utf8Reader.Text(row, 3),
        ReplyTo = Number(row, 4),
        ClientKey = Utf8Reader.Text(row, 5),
        EditedAt = Number(row, 6),
        DeletedAt = Number(row, DeletedColumn),
        RoomState = Utf8Reader.Text(row, 8),
        IsBan = !row.IsDBNull(BannedColumn),
        Sender = User(row, 10),
        Subject = User(row, 14),
        Reactions = reactions,
        Mentions = row.IsDBNull(DeletedColumn) ? Utf8Reader.Text(row, MentionsColumn) : default,
        Files = row.IsDBNull(DeletedColumn) ? Utf8Reader.Text(row, FilesColumn) : default,
        Previews = row.IsDBNull(DeletedColumn) ? PreviewRows.Shown(Utf8Reader.Text(row, PreviewsColumn)) : default,
        Poll = row.IsDBNull(DeletedColumn) ? Utf8Reader.Text(row, PollColumn) : default,
        IsPoll = !row.IsDBNull(PollColumn),
        ForwardedFrom = row.IsDBNull(DeletedColumn) ? OriginRows.Read(row, OriginColumn) : default,
    };

    /// <summary>
    /// Returns the reactions to the message; null: none. A deleted one has none, though an older program leaves them in the row.
    /// </summary>
    private static ReactionCounts? Reactions(DbDataReader row) =>
        row.IsDBNull(ReactionsColumn) || !row.IsDBNull(DeletedColumn) ? null : ReactionCounts.Read(row.GetString(ReactionsColumn));

    /// <summary>Returns the user whose id, handle, name and picture begin at the column, as JSON; empty: none.</summary>
    public static ReadOnlySpan<byte> User(DbDataReader row, int column)
    {
        if (row.IsDBNull(column)) return default;
        var id = new UserId(row.GetInt64(column));
        return MessageJson.User(
            id, Utf8Reader.Text(row, column + 1), Utf8Reader.Text(row, column + 2), Utf8Reader.Text(row, column + 3));
    }

    private static long Number(DbDataReader row, int column) => row.IsDBNull(column) ? 0 : row.GetInt64(column);

    private static DbDataReader SelectMessage(DbConnection connection, RoomId room, long seq)
    {
        // Not disposed: that would end the reader.
        var sql = $"SELECT {Columns} FROM messages m {Joins} WHERE m.room_id = @room AND m.seq = @seq";
        return Command(connection, sql, room, seq, seq).ExecuteReader();
    }

    private static DbCommand Command(DbConnection connection, string sql, RoomId room, long seq, long last)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        Add(command, "room", room.Value);
        Add(command, "seq", seq);
        if (last > seq) Add(command, "last", last);
        return command;
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
