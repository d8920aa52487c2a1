using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.Features.OwnSettings;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Rooms;

/// <summary>A room, and one user's membership in it.</summary>
/// <param name="OtherName">in a direct room: the name of the other user</param>
/// <param name="LastAt">the time of its log's last entry; unix milliseconds</param>
/// <param name="Role">the user's role; null: no member</param>
/// <param name="AllowsGuests">1: guests may be in it</param>
/// <param name="OtherAvatarUrl">in a direct room: the picture of the other user</param>
/// <param name="History">what those who join later may read of the past</param>
/// <param name="LinkPreviews">0: messages get no previews of their links</param>
/// <param name="Notify">the first of what the user has set for themselves; null: nothing</param>
internal sealed record RoomRow(
    long Id, string Kind, string Name, string? OtherName, string Description, string Visibility, string? PasswordHash,
    long MemberCount, long LastSeq, long LastAt, string? Role, string Topic, string? AvatarUrl, string? OtherAvatarUrl,
    long SlowMode, long ReadOnly, long AllowsGuests, string History, long LinkPreviews, string? Notify, long? MuteUntil, long Hidden,
    long? Favourite)
{
    public const string Columns =
        $"""
        r.id, r.kind, r.name, p.name AS other_name, r.description, r.visibility, r.password_hash, r.member_count, h.last_seq, h.last_at,
        me.role, r.topic, r.avatar_url, p.avatar_url AS other_avatar_url, h.slow_mode, h.read_only, r.allows_guests, r.history,
        r.link_previews,
        {SettingsRow.Columns}
        """;

    /// <summary>The tables of a room, the user's membership and, in a direct room, the other user <c>p</c>, whose name it has.</summary>
    public const string Tables = $"rooms r JOIN room_heads h ON h.room_id = r.id {Joins}";

    /// <summary>The joins that go with <c>rooms r</c> and its head <c>h</c>.</summary>
    public const string Joins =
        $"""
        LEFT JOIN members me ON me.room_id = r.id AND me.user_id = @User
        LEFT JOIN members o ON o.room_id = CASE r.kind WHEN 'direct' THEN r.id END AND o.user_id <> @User
        LEFT JOIN users p ON p.id = o.user_id
        {SettingsRow.Join}
        """;


    /// <summary>Selects one room, unless the user must not know of it.</summary>
    public const string Select =
        $"SELECT {Columns} FROM {Tables} WHERE r.id = @Room AND r.deleted_at IS NULL AND (r.visibility = 'public' OR me.role IS NOT NULL)";

    public bool IsDirect => Kind == "direct";

    public bool IsMember => Role is not null;

    /// <summary>The user is its owner or an admin.</summary>
    public bool IsLed => Roles.Rank(Role) >= Roles.Rank(Roles.Admin);

    /// <summary>True when a user needs more than to find the room to join it.</summary>
    public bool IsGuarded => Visibility == "private" || PasswordHash is not null;

    public static RoomRow? Find(RoomTransaction transaction, UserId user) =>
        transaction.First<RoomRow>(Select, new { Room = transaction.Room.Value, User = user.Value });

    /// <summary>Finds a group room for an actor who needs a rank in it; else returns the right refusal.</summary>
    public static bool TryEnter(
        RoomTransaction transaction, UserId user, string role,
        [NotNullWhen(true)] out RoomRow? room, [NotNullWhen(false)] out Problem? refusal)
    {
        room = Find(transaction, user);
        refusal = Refuse(room, role);
        return refusal is null;
    }

    /// <summary>Returns why the user may not do what needs that rank in a group room; null: they may.</summary>
    /// <param name="room">as the user sees it; null: not at all</param>
    /// <param name="role">the least role</param>
    public static Problem? Refuse(RoomRow? room, string role) => room switch
    {
        null or { IsMember: false } => Problem.NotFound,
        { IsDirect: true } => Problem.DirectRoom,
        _ when Roles.Rank(room.Role) < Roles.Rank(role) => Problem.Forbidden,
        _ => null,
    };

    /// <summary>Appends the room's new state to its log, for all members.</summary>
    /// <param name="subject">the user whose role changed, if one's did</param>
    public static void AppendState(RoomTransaction transaction, UserId actor, UserId? subject)
    {
        // Also for an actor who has just left: they may no longer see a private room, but its members get the entry.
        const string ById = $"SELECT {Columns} FROM {Tables} WHERE r.id = @Room AND r.deleted_at IS NULL";
        if (transaction.First<RoomRow>(ById, new { Room = transaction.Room.Value, User = actor.Value }) is not { } row) return;
        var room = row.ToRoom() with { LastSeq = transaction.Head + 1, Role = null, Settings = null };
        transaction.AppendSystem(EntryKind.RoomChanged, actor, subject, JsonSerializer.SerializeToUtf8Bytes(room, RoomJson.Events.Room));
    }

    /// <summary>
    /// Writes the beginning of a <see cref="Room"/> from a row with <see cref="Columns"/>, as the serializer would; the caller ends it.
    /// </summary>
    /// <param name="first">where the columns begin</param>
    /// <returns>the keys of a list by activity</returns>
    public static (long LastAt, long Id) WriteStart(Utf8JsonWriter writer, DbDataReader row, int first)
    {
        var id = row.GetInt64(first);
        writer.WriteStartObject();
        writer.WriteNumber("id"u8, id);
        writer.WriteString("kind"u8, Utf8Reader.Text(row, first + 1));
        writer.WriteString("name"u8, Utf8Reader.Text(row, row.IsDBNull(first + 3) ? first + 2 : first + 3));
        writer.WriteString("description"u8, Utf8Reader.Text(row, first + 4));
        writer.WriteString("visibility"u8, Utf8Reader.Text(row, first + 5));
        writer.WriteBoolean("hasPassword"u8, !row.IsDBNull(first + 6));
        writer.WriteNumber("memberCount"u8, row.GetInt64(first + 7));
        writer.WriteNumber("lastSeq"u8, row.GetInt64(first + 8));
        writer.WriteString("history"u8, Utf8Reader.Text(row, first + 17));
        if (!row.IsDBNull(first + 10)) writer.WriteString("role"u8, Utf8Reader.Text(row, first + 10));
        if (Utf8Reader.Text(row, first + 11) is { Length: > 0 } topic) writer.WriteString("topic"u8, topic);
        var picture = row.IsDBNull(first + 13) ? first + 12 : first + 13;
        if (!row.IsDBNull(picture)) writer.WriteString("avatarUrl"u8, Utf8Reader.Text(row, picture));
        if (row.GetInt64(first + 14) is > 0 and var slowMode) writer.WriteNumber("slowMode"u8, slowMode);
        if (row.GetInt64(first + 15) > 0) writer.WriteBoolean("readOnly"u8, true);
        if (row.GetInt64(first + 16) != 0) writer.WriteBoolean("guests"u8, true);
        if (row.GetInt64(first + 18) == 0) writer.WriteBoolean("linkPreviews"u8, false);
        SettingsRow.Write(writer, row, first + 19);
        return (row.GetInt64(first + 9), id);
    }

    public Room ToRoom() => new(
        Id, Kind, OtherName ?? Name, Description, Visibility, PasswordHash is not null, MemberCount, LastSeq, History, Role,
        Topic.Length > 0 ? Topic : null, OtherAvatarUrl ?? AvatarUrl, SlowMode > 0 ? (int)SlowMode : null, ReadOnly > 0 ? true : null,
        SettingsRow.Of(Notify, MuteUntil, Hidden, Favourite))
    {
        Guests = AllowsGuests != 0 ? true : null,
        LinkPreviews = LinkPreviews == 0 ? false : null,
    };
}

/// <summary>The roles of members, as stored and as JSON.</summary>
internal static class Roles
{
    public const string Owner = "owner";
    public const string Admin = "admin";
    public const string Member = "member";

    /// <summary>Returns the rank of a role: members may remove those of lower rank; 0 is a stranger.</summary>
    public static int Rank(string? role) => role switch
    {
        Owner => 3,
        Admin => 2,
        Member => 1,
        _ => 0,
    };
}
