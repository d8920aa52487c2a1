using Maru.Load.Scenarios;

namespace Maru.Load.Attacks;

/// <summary>A way of attacking.</summary>
/// <param name="Connections">how many at the same time</param>
/// <param name="Live">a connection's life from the moment at which it is open; returns when the attacker closes it</param>
internal sealed record AttackKind(int Connections, Func<Attack, RawConnection, Attacker, CancellationToken, Task> Live)
{
    /// <summary>The fewest connections with which it is an attack.</summary>
    public int Least { get; init; } = 1;

    /// <summary>Its connections read nothing.</summary>
    public bool IsDeaf { get; init; }

    public static AttackKind Of(AttackName name) => name.Kind switch
    {
        "pongs" => new(4, Floods.Pongs),
        "blank-lines" => new(4, Floods.BlankLines),
        "pipelined" => new(8, Floods.Requests),
        "subscribe" => new(4, Floods.Subscriptions),
        "long-ids" => new(20, Hoards.LongIds),
        "refused-sends" => new(8, Floods.RefusedSends),
        "signals" => new(81, SignalFlood.Small) { Least = 2, IsDeaf = true },
        "large-signals" => new(81, SignalFlood.Large) { Least = 2, IsDeaf = true },
        "transactions" => new(400, Hoards.Transactions),
        "slots" => new(12_000, Crowds.Slots),
        "handles" => new(12_000, Crowds.Handles),
        "deaf" => new(1000, Crowds.Deaf) { IsDeaf = true },
        "upgrade-flood" => new(32, Crowds.Upgrades),
        _ => throw new ScenarioException($"There is no attack '{name.Kind}'."),
    };
}
