using Maru.Server.Platform;

namespace Maru.Server.Features.Rooms;

/// <summary>What rooms may be called and set to. Each method answers the value to keep and adds what is wrong with it to <paramref name="errors"/>.</summary>
internal sealed class RoomRules(FieldErrors errors, RoomOptions options)
{
    private const int MaxPassword = 256;    // characters, as for accounts

    public string Name(string? value)
    {
        var name = PlainText.Tidy(value);
        if (name.Length == 0 || name.Length > options.NameCharacters || !PlainText.IsClean(name))
            errors.Add("name", $"1 to {options.NameCharacters} characters, no control characters.");
        return name;
    }

    /// <summary>May have lines, unlike a name.</summary>
    public string Description(string? value)
    {
        var description = value?.Trim() ?? "";
        if (description.Length > options.DescriptionCharacters || !PlainText.IsClean(description.Replace('\n', ' ').Replace('\r', ' ').Replace('\t', ' ')))
            errors.Add("description", $"At most {options.DescriptionCharacters} characters, no control characters but line breaks.");
        return description;
    }

    public string Visibility(string? value)
    {
        if (value is not ("public" or "private")) errors.Add("visibility", "public or private.");
        return value ?? "";
    }

    /// <summary>Null: no password.</summary>
    public string? Password(string? value)
    {
        if (value?.Length > MaxPassword) errors.Add("password", $"At most {MaxPassword} characters.");
        return string.IsNullOrEmpty(value) ? null : value;
    }

    /// <summary>Each once.</summary>
    public IReadOnlyList<long> Users(string field, IReadOnlyList<long>? value)
    {
        if (value?.Count > options.InvitationsPerRequest) errors.Add(field, $"At most {options.InvitationsPerRequest} users in one request.");
        return value?.Distinct().ToArray() ?? [];
    }

    /// <summary>What the store said of those that it was given.</summary>
    public void Unknown(string field, IReadOnlyList<long> users) => errors.Add(field, $"No such user, or banned here: {string.Join(", ", users)}.");

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

    /// <summary>Where a page begins; null: at the beginning.</summary>
    public Cursor? After(string? value)
    {
        if (string.IsNullOrEmpty(value)) return null;
        var cursor = Cursor.Read(value);
        if (cursor is null) errors.Add("after", "The next of the page before.");
        return cursor;
    }
}
