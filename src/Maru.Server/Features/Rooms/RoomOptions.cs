using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Features.Rooms;

/// <summary>Limits of rooms.</summary>
internal sealed class RoomOptions
{
    /// <summary>The longest wait of slow mode, in seconds.</summary>
    public const int MostSlow = 6 * 60 * 60;

    /// <summary>Characters of a room's name; eight times as many bytes, which an index of PostgreSQL must hold.</summary>
    [Range(1, 250)]
    public int NameCharacters { get; set; } = 100;

    /// <summary>Characters of a room's description; eight times as many bytes.</summary>
    [Range(0, 100_000)]
    public int DescriptionCharacters { get; set; } = 1000;

    /// <summary>Characters of a room's topic; eight times as many bytes.</summary>
    [Range(0, 10_000)]
    public int TopicCharacters { get; set; } = 250;

    /// <summary>Characters of a new password of a room, as a person sees them.</summary>
    [Range(1, 128)]
    public int PasswordCharacters { get; set; } = 4;

    /// <summary>Rooms that a user may be in; by invitation and in direct rooms of others' making up to a half of it.</summary>
    [Range(2, 100_000)]
    public int RoomsPerUser { get; set; } = 1000;

    /// <summary>Members that a room may have; 0: no limit.</summary>
    [Range(0, int.MaxValue)]
    public int MembersPerRoom { get; set; }

    /// <summary>Users that one request may bring into a room.</summary>
    [Range(1, 500)]
    public int InvitationsPerRequest { get; set; } = 100;

    /// <summary>Users that a room may have banned.</summary>
    [Range(1, 1_000_000)]
    public int BansPerRoom { get; set; } = 10_000;

    /// <summary>
    /// An owner who was not there for this long may be followed, by decision of an admin of the room. It is known as exactly as sessions
    /// are refreshed: see <see cref="Platform.Tokens.JwtOptions.AccessTokenLifetime"/>.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan OwnerGoneAfter { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Characters of the reason of a ban.</summary>
    internal const int ReasonCharacters = 500;
}
