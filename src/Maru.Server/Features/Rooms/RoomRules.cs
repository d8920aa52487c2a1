using Maru.Server.Platform;
using Maru.Server.Platform.Text;

namespace Maru.Server.Features.Rooms;

/// <summary>
/// The rules for the names and settings of rooms. Each method returns the value to keep and adds faults to <paramref name="errors"/>.
/// </summary>
internal sealed class RoomRules(FieldErrors errors, RoomOptions options)
{
    public string Name(string? value) => errors.Keep("name", TextPolicy.Name(value, options.NameCharacters));

    /// <summary>Checks a description: it may have line breaks, unlike a name.</summary>
    public string Description(string? value) => errors.Keep("description", TextPolicy.Lines(value, options.DescriptionCharacters));

    /// <summary>Checks a topic; empty: none.</summary>
    public string Topic(string? value) => errors.Keep("topic", TextPolicy.Line(value, options.TopicCharacters));

    /// <summary>Checks the address of a picture; empty: none.</summary>
    public string AvatarUrl(string value)
    {
        if (string.IsNullOrWhiteSpace(value)) return "";
        if (!PictureAddress.IsGood(value)) errors.Add("avatarUrl", PictureAddress.Rule);
        return value;
    }

    public void SlowMode(int value)
    {
        if (value is < 0 or > RoomOptions.MostSlow) errors.Add("slowMode", $"0 to {RoomOptions.MostSlow} seconds.");
    }

    public string Visibility(string? value)
    {
        if (value is not ("public" or "private")) errors.Add("visibility", "public or private.");
        return value ?? "";
    }

    /// <summary>Checks what those who join later may read of the past.</summary>
    public string History(string? value)
    {
        if (value is not ("all" or "joined")) errors.Add("history", "all or joined.");
        return value ?? "";
    }

    /// <summary>Checks a password; null: none.</summary>
    public string? Password(string? value) =>
        string.IsNullOrEmpty(value) ? null : errors.Keep("password", TextPolicy.Password(value, options.PasswordCharacters));

    /// <summary>Returns the users, each once.</summary>
    public IReadOnlyList<long> Users(string field, IReadOnlyList<long>? value)
    {
        if (value?.Count > options.InvitationsPerRequest)
            errors.Add(field, $"At most {options.InvitationsPerRequest} users in one request.");
        return value?.Distinct().ToArray() ?? [];
    }

    /// <summary>Refuses the users that the store did not find.</summary>
    public void Unknown(string field, IReadOnlyList<long> users) =>
        errors.Add(
            field, $"No such user, banned here, not to be brought in, or left and not to be brought back: {string.Join(", ", users)}.");

    public string Role(string? value)
    {
        if (Roles.Rank(value) == 0) errors.Add("role", "owner, admin or member.");
        return value ?? "";
    }

    /// <summary>Checks the reason of a ban; null: none.</summary>
    public string? Reason(string? value) =>
        errors.Keep("reason", TextPolicy.Lines(value, RoomOptions.ReasonCharacters)) is { Length: > 0 } text ? text : null;

    public RoomSort Sort(string? value)
    {
        if (RoomSort.TryParse(value ?? RoomSort.Activity.Name, out var sort)) return sort;
        errors.Add("sort", "activity, newest, members or name.");
        return RoomSort.Activity;
    }
}
