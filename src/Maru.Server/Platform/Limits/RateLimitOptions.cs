using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Platform.Limits;

/// <summary>How much one user or one address may ask. Each pair is a bucket: its size, and how fast it fills again.</summary>
internal sealed class RateLimitOptions
{
    /// <summary>false turns every rate limit off, for load tests.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Requests of a signed-in user, at once.</summary>
    [Range(1, int.MaxValue)]
    public int UserBurst { get; set; } = 300;

    [Range(1, int.MaxValue)]
    public int UserPerSecond { get; set; } = 100;

    /// <summary>Requests without a good token from one address, at once.</summary>
    [Range(1, int.MaxValue)]
    public int AddressBurst { get; set; } = 300;

    [Range(1, int.MaxValue)]
    public int AddressPerSecond { get; set; } = 100;

    /// <summary>Sign-ins that fail, and sign-ups, from one address, at once.</summary>
    [Range(1, int.MaxValue)]
    public int SignInBurst { get; set; } = 60;

    [Range(1, int.MaxValue)]
    public int SignInPerMinute { get; set; } = 60;

    /// <summary>Accounts that one address may make, at once and a day.</summary>
    [Range(1, int.MaxValue)]
    public int SignUpsPerDay { get; set; } = 200;

    /// <summary>
    /// Wrong passwords for one account from one address where the account is not known, or for one room by one user: at once and an hour.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int AttemptsPerAccount { get; set; } = 20;

    /// <summary>
    /// Wrong passwords for one account in any hour, from all addresses together where it is not known; a half by its handle, a half by its
    /// e-mail address. A device or an address that the account knows, and each of its sessions, has a half of its own.
    /// </summary>
    [Range(10, int.MaxValue)]
    public int AttemptsByStrangers { get; set; } = 100;

    /// <summary>Wrong passwords for one room by all users together, at once and an hour.</summary>
    [Range(1, int.MaxValue)]
    public int AttemptsPerRoom { get; set; } = 100;

    /// <summary>Rooms that one user may make, direct ones too, at once and an hour.</summary>
    [Range(1, int.MaxValue)]
    public int RoomsPerHour { get; set; } = 500;

    /// <summary>Users whom one user may bring into rooms, at once and an hour.</summary>
    [Range(500, int.MaxValue)]
    public int InvitationsPerHour { get; set; } = 2000;

    /// <summary>Codes that are no invitation, or none any more, from one address: at once and a minute.</summary>
    [Range(1, int.MaxValue)]
    public int InvitationGuessesPerMinute { get; set; } = 60;

    /// <summary>People whom one user may ask for a contact, found or not, at once and an hour.</summary>
    [Range(1, int.MaxValue)]
    public int ContactRequestsPerHour { get; set; } = 100;

    /// <summary>Passwords of rooms that one user may set or try, a minute.</summary>
    [Range(1, int.MaxValue)]
    public int RoomPasswordsPerUser { get; set; } = 20;
}
