namespace Maru.Server.Followers;

/// <summary>How the readers of the rooms' logs work. No settings of the program yet: nothing that it ships reads so.</summary>
internal sealed class FollowerOptions
{
    /// <summary>How long after a node died another one goes on with its followers; at least a second.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the store is searched for rooms of which nobody told, where several nodes share it.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a follower may take for the entries that it was given.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>When a room that failed comes again; each further time it takes twice as long, up to a minute.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);
}
