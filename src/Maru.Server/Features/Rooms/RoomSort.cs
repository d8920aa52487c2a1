using System.Diagnostics.CodeAnalysis;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;

namespace Maru.Server.Features.Rooms;

/// <summary>An order of the list of public rooms; among equals the id decides.</summary>
/// <param name="Name">as clients ask for it</param>
/// <param name="Column">of rooms <c>r</c>; the index of the list begins with it</param>
/// <param name="Exact">the value now, where the column follows it: of rooms <c>r</c> or their heads <c>h</c></param>
/// <param name="Descends">the highest first; such values are numbers</param>
internal sealed record RoomSort(string Name, string Column, string Exact, bool Descends)
{
    public static readonly RoomSort Activity = new("activity", "r.active_at", "h.last_at", true);

    private static readonly RoomSort[] All =
    [
        Activity,
        new("newest", "r.created_at", "r.created_at", true),
        new("members", "r.member_count", "r.member_count", true),
        new("name", "r.name_key", "r.name_key", false),
    ];

    /// <summary>The parameter of the address, for the API document.</summary>
    public static ApiParameter Parameter => new(
        "sort", "The order.", ApiSchemas.OneOf([.. All.Select(sort => sort.Name)], Activity.Name), Activity.Name);

    public static bool TryParse(string name, [NotNullWhen(true)] out RoomSort? sort) =>
        (sort = Array.Find(All, x => x.Name == name)) is not null;

    /// <summary>Returns the condition for rows behind a cursor, which is bound as <c>@key</c> and <c>@id</c>.</summary>
    public string Behind(PageCursor? after, string value, string id) =>
        after is null ? "" : $"AND ({value}, {id}) {(Descends ? '<' : '>')} (@key, @id)";

    /// <summary>Returns the order of rows by a value and an id.</summary>
    public string By(string value, string id) => Descends ? $"{value} DESC, {id} DESC" : $"{value}, {id}";

    /// <summary>Adds a fault for a cursor of another order.</summary>
    public void Check(PageRequest page)
    {
        if (Descends && page.After is { NumericKey: null }) page.RefuseCursor();
    }

    /// <summary>Returns the value to compare the column with.</summary>
    public object? KeyOf(PageCursor? cursor) => Descends ? cursor?.NumericKey : cursor?.Key;
}
