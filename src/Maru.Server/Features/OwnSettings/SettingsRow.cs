using System.Data.Common;
using System.Text.Json;
using Maru.Engine.Log;
using Maru.Server.Storage;

namespace Maru.Server.Features.OwnSettings;

/// <summary>What a member has set for themselves, in SQL and as JSON. Who has set nothing has no row.</summary>
internal static class SettingsRow
{
    public const string All = "all";
    public const string Mentions = "mentions";
    public const string Nothing = "nothing";

    /// <summary>The columns of <see cref="Join"/>, for a room with the head <c>h</c>. The first is null where there is no row.</summary>
    public const string Columns =
        """
        ms.notify, ms.mute_until, CAST(CASE WHEN ms.hidden_number >= h.messages THEN 1 ELSE 0 END AS BIGINT) AS hidden, ms.favourite
        """;

    /// <summary>The join for a room <c>r</c> and the member <c>@User</c>.</summary>
    public const string Join = "LEFT JOIN room_settings ms ON ms.user_id = @User AND ms.room_id = r.id";

    /// <summary>The ids of the rooms that <c>@User</c> has hidden, and in which no message has come since.</summary>
    public const string Hidden =
        """
        SELECT hs.room_id FROM room_settings hs JOIN room_heads hh ON hh.room_id = hs.room_id
        WHERE hs.user_id = @User AND hs.hidden_number >= hh.messages
        """;

    /// <summary>The ids of the favourites of <c>@User</c>.</summary>
    public const string Favourites = "SELECT fs.room_id FROM room_settings fs WHERE fs.user_id = @User AND fs.favourite = 1";

    /// <summary>True for a row <c>ms</c> of somebody who is not told of mentions at <c>@now</c>.</summary>
    public const string IsQuiet = $"(ms.notify = '{Nothing}' OR ms.mute_until > @now)";

    /// <summary>Returns the settings of a row; null where there is none.</summary>
    public static RoomSettings? Of(string? notify, long? muteUntil, long hidden, long? favourite) => notify is null
        ? null
        : new RoomSettings(
            notify, hidden > 0, favourite > 0, muteUntil is { } until ? DateTimeOffset.FromUnixTimeMilliseconds(until) : null);

    /// <summary>Writes the member <c>settings</c> of a room, as the serializer would; nothing where there is no row.</summary>
    /// <param name="first">where <see cref="Columns"/> begin</param>
    public static void Write(Utf8JsonWriter writer, DbDataReader row, int first)
    {
        if (row.IsDBNull(first)) return;
        writer.WriteStartObject("settings"u8);
        writer.WriteString("notify"u8, Utf8Reader.Text(row, first));
        writer.WriteBoolean("hidden"u8, row.GetInt64(first + 2) > 0);
        writer.WriteBoolean("favourite"u8, row.GetInt64(first + 3) > 0);
        if (!row.IsDBNull(first + 1)) MessageJson.WriteTime(writer, "muteUntil"u8, row.GetInt64(first + 1));
        writer.WriteEndObject();
    }
}
