using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Maru.Engine.Codecs;
using Maru.Engine.Commit;
using Maru.Engine.Log;
using Maru.Server.Files;
using Maru.Server.Storage;

namespace Maru.Server.RoomLog;

/// <summary>
/// Files as messages and requests show them: the only place that knows their JSON. It writes where a message has files, too.
/// </summary>
internal static class FileRows
{
    /// <summary>The columns of <c>files f</c> that <see cref="Write"/> expects.</summary>
    public const string Columns = "f.id, f.kind, f.name, f.media_type, f.size, f.width, f.height, f.placeholder, f.duration, f.waveform";

    /// <summary>The number of <see cref="Columns"/>.</summary>
    public const int ColumnCount = 10;

    /// <summary>The condition of a file that is there.</summary>
    public const string IsThere = "f.ready_at IS NOT NULL AND f.deleted_at IS NULL";

    /// <summary>The condition of the picture of a person or a room.</summary>
    public const string IsPicture =
        "(f.kind = 1 AND (EXISTS (SELECT 1 FROM users u WHERE u.avatar_url = '/api/files/' || f.id) "
        + "OR EXISTS (SELECT 1 FROM rooms r WHERE r.avatar_url = '/api/files/' || f.id AND r.deleted_at IS NULL)))";

    /// <summary>The condition of a file that is to be sent with a scheduled message.</summary>
    public const string IsWaiting = "EXISTS (SELECT 1 FROM scheduled_files w WHERE w.file_id = f.id)";

    public const string Insert =
        """
        WITH x (room_id, seq, position, file_id, kind) AS ROWS @rows
        INSERT INTO message_files (room_id, seq, position, file_id, kind) SELECT room_id, seq, position, file_id, kind FROM x
        """;

    /// <summary>Returns the address of a file's content.</summary>
    public static string Url(long id) => string.Create(CultureInfo.InvariantCulture, $"/api/files/{id}");

    /// <summary>Returns the <c>kind</c> in JSON.</summary>
    public static string NameOf(FileKind kind) => kind switch
    {
        FileKind.Image => "image",
        FileKind.Video => "video",
        FileKind.Audio => "audio",
        _ => "document",
    };

    /// <summary>Returns the ids of the files in a JSON array of them, in its order.</summary>
    public static long[] Ids(string json)
    {
        using var files = JsonDocument.Parse(json);
        return [.. files.RootElement.EnumerateArray().Select(file => file.GetProperty("id").GetInt64())];
    }

    /// <summary>Returns the rows of new messages, for <see cref="Insert"/>; null: they have no files.</summary>
    public static string? Of(List<MessageRow> messages)
    {
        List<long[]>? rows = null;
        foreach (var (draft, _, _, _, _) in messages)
        {
            if (draft.Attachments is not { Files: var files }) continue;
            for (var i = 0; i < files.Count; i++) (rows ??= []).Add([draft.Room.Value, draft.Seq, i, files[i].Id, files[i].Kind]);
        }

        return rows is null ? null : Dialect.Rows(rows);
    }

    /// <summary>Returns the file of the current row, whose <see cref="Columns"/> begin there, as messages show it.</summary>
    public static AttachedFile Read(DbDataReader row, int first)
    {
        var json = JsonScratch.BeginObject();
        Write(json.Writer, row, first);
        return new AttachedFile(row.GetInt64(first), row.GetInt64(first + 1), json.EndObject());
    }

    /// <summary>Writes the members of the current row's <c>file</c>, into an object that is open.</summary>
    public static void Write(Utf8JsonWriter writer, DbDataReader row, int first)
    {
        WriteMain(
            writer, row.GetInt64(first), (FileKind)row.GetInt64(first + 1), row.GetString(first + 2), row.GetString(first + 3),
            row.GetInt64(first + 4));
        if (!row.IsDBNull(first + 5)) writer.WriteNumber("width"u8, row.GetInt64(first + 5));
        if (!row.IsDBNull(first + 6)) writer.WriteNumber("height"u8, row.GetInt64(first + 6));
        if (!row.IsDBNull(first + 7)) writer.WriteString("placeholder"u8, row.GetString(first + 7));
        if (!row.IsDBNull(first + 8)) writer.WriteNumber("duration"u8, row.GetInt64(first + 8) / 1000.0);
        if (!row.IsDBNull(first + 9)) writer.WriteRaw("waveform"u8, Encoding.UTF8.GetBytes(row.GetString(first + 9)));
    }

    /// <summary>Writes the members that every file has, into an object that is open.</summary>
    public static void WriteMain(Utf8JsonWriter writer, long id, FileKind kind, string name, string mediaType, long size)
    {
        writer.WriteNumber("id"u8, id);
        writer.WriteString("kind"u8, NameOf(kind));
        writer.WriteString("name"u8, name);
        writer.WriteString("mediaType"u8, mediaType);
        writer.WriteNumber("size"u8, size);
        writer.WriteString("url"u8, Url(id));
    }
}
