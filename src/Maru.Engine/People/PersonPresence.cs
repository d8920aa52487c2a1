namespace Maru.Engine.People;

/// <summary>How present a person is. Of several nodes the highest counts.</summary>
public enum PresenceState : byte
{
    Offline,
    Away,
    Online,
}

public static class PresenceStates
{
    /// <summary>Returns the state as clients read it.</summary>
    public static string Text(PresenceState state) => state switch
    {
        PresenceState.Online => "online",
        PresenceState.Away => "away",
        _ => "offline",
    };
}

/// <param name="User">the person</param>
/// <param name="State">now</param>
/// <param name="LastSeen">unix milliseconds when they were connected last, where they are offline; 0: not known, or not to be seen</param>
public readonly record struct PersonPresence(UserId User, PresenceState State, long LastSeen);

/// <summary>A person whose presence somebody may see.</summary>
/// <param name="User">the person</param>
/// <param name="LastSeen">unix milliseconds when they were connected last, as the store has it; 0: never; -1: it is not to be told</param>
public readonly record struct SeenPerson(UserId User, long LastSeen);

/// <summary>Returns those of the people whom the viewer may see. Reads the store.</summary>
public delegate Task<IReadOnlyList<SeenPerson>> PresenceSight(UserId viewer, IReadOnlyCollection<UserId> people, CancellationToken ct);
