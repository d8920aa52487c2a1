using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Bus;

/// <summary>How nodes reach each other over Redis. The setting <c>Maru:Redis</c> names the servers.</summary>
internal sealed class BusOptions
{
    /// <summary>Password of every Redis server; empty for none.</summary>
    public string Password { get; set; } = "";

    /// <summary>Connections to Redis are TLS.</summary>
    public bool Tls { get; set; }

    /// <summary>Begins the names of all channels: several installations may share a Redis.</summary>
    [Required]
    public string Prefix { get; set; } = "maru";

    /// <summary>Bytes of one publication; of a larger one only the seq is sent, and other nodes read the entries from the store.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int FrameBytes { get; set; } = 256 * 1024;

    /// <summary>
    /// Bytes of publications that may wait for Redis; beyond it they are dropped, and other nodes find the entries in the store.
    /// </summary>
    [Range(1024 * 1024, 1024 * 1024 * 1024)]
    public int PublishBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How long Redis may take to respond; after four times as long without a byte from it the connection is made anew.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(1);
}
