using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Platform.Credentials;

internal sealed class PasswordOptions
{
    /// <summary>Characters of a password, as a person sees them.</summary>
    [Range(8, 128)]
    public int MinCharacters { get; set; } = 8;

    /// <summary>Rounds of PBKDF2 with HMAC-SHA-512. A stored hash with fewer is renewed at the next sign-in.</summary>
    [Range(1000, 10_000_000)]
    public int Iterations { get; set; } = 210_000;

    /// <summary>Hashes computed at the same time, each on a thread of its own; 0 means half of the cores.</summary>
    [Range(0, 1024)]
    public int Workers { get; set; }

    /// <summary>Passwords that may wait for a hash; beyond it they are refused with 429.</summary>
    [Range(0, 100_000)]
    public int Queue { get; set; } = 500;
}
