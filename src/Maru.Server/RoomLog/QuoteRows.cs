using System.Data.Common;
using System.Globalization;
using Maru.Engine.Log;
using Maru.Server.Storage;

namespace Maru.Server.RoomLog;

/// <summary>
/// The message that a reply answers, as it is now: read with the reply, by its key, and only of replies. Who does not see the message gets
/// a quote that says no more than so.
/// </summary>
internal static class QuoteRows
{
    /// <summary>The most of a text that a quote has, in UTF-16 code units.</summary>
    private const int Length = 200;

    /// <summary>The columns that go with <see cref="Join"/>: of a text as many characters as tell that it is longer.</summary>
    public const string Columns =
        "m.reply_to, q.seq, q.deleted_at, substr(q.text, 1, 201), qs.id, qs.handle, qs.name, qs.avatar_url, q.files";

    /// <summary>The number of <see cref="Columns"/>.</summary>
    public const int ColumnCount = 9;

    /// <summary>Of the message <c>m</c>, for the member <c>me</c> of its room.</summary>
    public const string Join =
        $"""
        LEFT JOIN messages q ON q.room_id = me.room_id AND q.seq = m.reply_to AND q.seq > {VisibleSql.HiddenUpTo}
        LEFT JOIN users qs ON qs.id = q.sender_id
        """;

    /// <summary>Returns the <c>quote</c> of the current row, whose <see cref="Columns"/> begin there; empty: none.</summary>
    public static ReadOnlySpan<byte> Read(DbDataReader row, int first)
    {
        if (row.IsDBNull(first)) return default;
        var seq = row.GetInt64(first);
        if (row.IsDBNull(first + 1)) return MessageJson.HiddenQuote(seq);
        var deletedAt = row.IsDBNull(first + 2) ? 0 : row.GetInt64(first + 2);
        var text = deletedAt > 0 ? "" : Shorten(row.GetString(first + 3));
        var files = deletedAt > 0 ? default : Utf8Reader.Text(row, first + 8);
        return MessageJson.Quote(seq, MessageRows.User(row, first + 4), text, files, deletedAt);
    }

    /// <summary>
    /// Returns the beginning of a text, with an ellipsis where it goes on. It ends between two characters as people see them, unless one
    /// alone is too long; never within a surrogate pair.
    /// </summary>
    internal static string Shorten(string text)
    {
        if (text.Length <= Length) return text;
        var end = 0;
        while (end < Length && StringInfo.GetNextTextElementLength(text, end) is var next && end + next <= Length) end += next;
        if (end == 0) end = char.IsHighSurrogate(text[Length - 1]) ? Length - 1 : Length;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
