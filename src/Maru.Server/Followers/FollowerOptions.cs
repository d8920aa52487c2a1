namespace Maru.Server.Followers;

/// <summary>Limits of the followers of rooms' logs. No settings of the program: nobody asked for others yet.</summary>
internal sealed class FollowerOptions
{
    /// <summary>How long after a node's death another one continues its followers; at least a second.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the store is searched for rooms of which no node told, where several nodes share it.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a follower may take for the entries of one call.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The delay after which a failed room is tried again; it doubles each time, up to a minute.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);
}
