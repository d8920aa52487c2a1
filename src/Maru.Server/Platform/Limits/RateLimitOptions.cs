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

    /// <summary>Sign-ins and sign-ups from one address, at once.</summary>
    [Range(1, int.MaxValue)]
    public int SignInBurst { get; set; } = 60;

    [Range(1, int.MaxValue)]
    public int SignInPerMinute { get; set; } = 60;

    /// <summary>Attempts at the password of one account from one address, or of one room by one user, a minute.</summary>
    [Range(1, int.MaxValue)]
    public int AttemptsPerAccount { get; set; } = 20;

    /// <summary>Attempts at the password of one account from all addresses together where it was not signed in lately, a minute.</summary>
    [Range(1, int.MaxValue)]
    public int AttemptsByStrangers { get; set; } = 100;

    /// <summary>Passwords of rooms that one user may set or try, a minute.</summary>
    [Range(1, int.MaxValue)]
    public int RoomPasswordsPerUser { get; set; } = 20;
}
