using System.Diagnostics.CodeAnalysis;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Text;

namespace Maru.Server.Features.Rooms;

/// <summary>An order of the list of public rooms.</summary>
internal sealed record RoomSort(string Name, string Column, bool Descends, Func<RoomRow, PageCursor> CursorOf)
{
    public static readonly RoomSort Activity = new("activity", "h.last_at", true, room => new PageCursor(room.LastAt, room.Id));

    private static readonly RoomSort[] All =
    [
        Activity,
        new("newest", "r.id", true, room => new PageCursor(room.Id, room.Id)),
        new("members", "r.member_count", true, room => new PageCursor(room.MemberCount, room.Id)),
        new("name", "r.name_key", false, room => new PageCursor(TextPolicy.NameKey(room.Name), room.Id)),
    ];

    /// <summary>The parameter of the address, for the API document.</summary>
    public static ApiParameter Parameter => new(
        "sort", "The order.", ApiSchemas.OneOf([.. All.Select(sort => sort.Name)], Activity.Name), Activity.Name);

    public string Direction => Descends ? "DESC" : "ASC";

    public static bool TryParse(string name, [NotNullWhen(true)] out RoomSort? sort) =>
        (sort = Array.Find(All, x => x.Name == name)) is not null;

    /// <summary>Adds a fault for a cursor of another order.</summary>
    public void Check(PageRequest page)
    {
        if (Descends && page.After is { NumericKey: null }) page.RefuseCursor();
    }

    /// <summary>Returns the value to compare the column with.</summary>
    public object? KeyOf(PageCursor? cursor) => Descends ? cursor?.NumericKey : cursor?.Key;
}
