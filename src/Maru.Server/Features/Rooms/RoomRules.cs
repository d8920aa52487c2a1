using Maru.Server.Platform;
using Maru.Server.Platform.Text;

namespace Maru.Server.Features.Rooms;

/// <summary>
/// What rooms may be called and set to. Each method returns the value to keep and adds what is wrong with it to <paramref name="errors"/>.
/// </summary>
internal sealed class RoomRules(FieldErrors errors, RoomOptions options)
{
    public string Name(string? value) => errors.Keep("name", TextPolicy.Name(value, options.NameCharacters));

    /// <summary>May have lines, unlike a name.</summary>
    public string Description(string? value) => errors.Keep("description", TextPolicy.Lines(value, options.DescriptionCharacters));

    public string Visibility(string? value)
    {
        if (value is not ("public" or "private")) errors.Add("visibility", "public or private.");
        return value ?? "";
    }

    /// <summary>Null: no password.</summary>
    public string? Password(string? value) =>
        string.IsNullOrEmpty(value) ? null : errors.Keep("password", TextPolicy.Password(value, least: 1));

    /// <summary>Each once.</summary>
    public IReadOnlyList<long> Users(string field, IReadOnlyList<long>? value)
    {
        if (value?.Count > options.InvitationsPerRequest)
            errors.Add(field, $"At most {options.InvitationsPerRequest} users in one request.");
        return value?.Distinct().ToArray() ?? [];
    }

    /// <summary>What the store said of those that it was given.</summary>
    public void Unknown(string field, IReadOnlyList<long> users) =>
        errors.Add(field, $"No such user, or banned here: {string.Join(", ", users)}.");

    public string Role(string? value)
    {
        if (Roles.Rank(value) == 0) errors.Add("role", "owner, admin or member.");
        return value ?? "";
    }

    public RoomSort Sort(string? value)
    {
        if (RoomSort.TryParse(value ?? RoomSort.Activity.Name, out var sort)) return sort;
        errors.Add("sort", "activity, newest, members or name.");
        return RoomSort.Activity;
    }
}
