using System.Diagnostics.CodeAnalysis;
using Maru.Server.Platform.Text;

namespace Maru.Server.Features.Rooms;

/// <summary>An order of the list of public rooms.</summary>
internal sealed record RoomSort(string Name, string Column, bool Descends, Func<RoomRow, Cursor> CursorOf)
{
    public static readonly RoomSort Activity = new("activity", "h.last_at", true, room => new Cursor(room.LastAt, room.Id));

    private static readonly RoomSort[] All =
    [
        Activity,
        new("newest", "r.id", true, room => new Cursor(room.Id, room.Id)),
        new("members", "r.member_count", true, room => new Cursor(room.MemberCount, room.Id)),
        new("name", "r.name_key", false, room => new Cursor(TextPolicy.NameKey(room.Name), room.Id)),
    ];

    public string Direction => Descends ? "DESC" : "ASC";

    public static bool TryParse(string name, [NotNullWhen(true)] out RoomSort? sort) => (sort = Array.Find(All, x => x.Name == name)) is not null;

    /// <summary>What the column is compared with.</summary>
    public object? KeyOf(Cursor? cursor) => Descends ? cursor?.Number : cursor?.Key;
}
