using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.OwnSettings;

/// <summary>What a member has set for themselves in a room. Nobody else sees it.</summary>
/// <param name="Notify">of what the member wants to be notified: <c>all</c>, <c>mentions</c> or <c>nothing</c></param>
/// <param name="Hidden">true: not in the list of their rooms, until the next message comes</param>
/// <param name="Favourite">true: one of their favourites</param>
/// <param name="MuteUntil">no notifications until then; absent: not muted</param>
[Example("""{"notify":"mentions","hidden":false,"favourite":true,"muteUntil":"2026-11-21T08:00:00.000Z"}""")]
public sealed record RoomSettings(
    [property: Notify] string Notify, bool Hidden, bool Favourite, DateTimeOffset? MuteUntil = null);

/// <summary>The fields to change: an absent one stays.</summary>
[Example("""{"notify":"nothing","muteUntil":null}""")]
public sealed record RoomSettingsChange
{
    /// <summary>Of what you want to be notified.</summary>
    [Notify]
    public string? Notify { get; set; }

    /// <summary>Until when there are no notifications; null or a time that is over: not muted.</summary>
    [OrNull]
    public DateTimeOffset? MuteUntil
    {
        get;
        set
        {
            field = value;
            ChangesMuteUntil = true;
        }
    }

    /// <summary>true: not in the list of your rooms, until the next message comes.</summary>
    public bool? Hidden { get; set; }

    public bool? Favourite { get; set; }

    internal bool ChangesMuteUntil { get; private set; }
}

internal sealed class NotifyAttribute() : ValuesAttribute("Notify", "all", "mentions", "nothing");

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RoomSettings))]
[JsonSerializable(typeof(RoomSettingsChange))]
internal sealed partial class OwnSettingsJson : JsonSerializerContext;
