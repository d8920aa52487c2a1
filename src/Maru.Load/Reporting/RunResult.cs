using System.Text.Json.Serialization;
using Maru.Load.Attacks;
using Maru.Load.Faults;
using Maru.Load.Measuring;
using Maru.Load.Readers;
using Maru.Load.Scenarios;
using Maru.Load.Verification;

namespace Maru.Load.Reporting;

/// <summary>Everything that a run found: the content of <c>result.json</c> and of the HTML report.</summary>
internal sealed record RunResult
{
    /// <summary>True when all guarantees and all thresholds held.</summary>
    public bool Passed { get; init; }

    /// <summary>The part of the scenario that this process played.</summary>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>The time at which the timeline begins, to lay several beside each other.</summary>
    public DateTimeOffset Began { get; init; }

    public required Conditions Conditions { get; init; }

    public required Scenario Scenario { get; init; }

    /// <summary>The checks that must hold in every run.</summary>
    public required IReadOnlyList<Check> Guarantees { get; init; }

    /// <summary>The checks of this scenario's thresholds.</summary>
    public required IReadOnlyList<Check> Thresholds { get; init; }

    /// <summary>Every measure by the name that thresholds use.</summary>
    public required IReadOnlyDictionary<string, double> Measures { get; init; }

    public required Latencies Latencies { get; init; }

    public required IReadOnlyDictionary<string, long> Counts { get; init; }

    /// <summary>Refusals and lost connections by slug.</summary>
    public required IReadOnlyDictionary<string, long> Errors { get; init; }

    public HistoryFindings? History { get; init; }

    public required IReadOnlyList<SecondSample> Timeline { get; init; }

    /// <summary>The faults that were made.</summary>
    public IReadOnlyList<FaultExecution> Faults { get; init; } = [];

    /// <summary>What people's tabs and streams got; null where nobody reads.</summary>
    public ReaderFindings? Readers { get; init; }

    /// <summary>What members, newcomers and attackers met under each attack, between them, and under faults.</summary>
    public IReadOnlyList<AttackFindings> Attacks { get; init; } = [];

    [JsonIgnore]
    public Percentiles Delivery => Percentiles.Of(Latencies.Delivery);

    [JsonIgnore]
    public Percentiles Receipt => Percentiles.Of(Latencies.Receipt);

    [JsonIgnore]
    public Percentiles Resume => Percentiles.Of(Latencies.Resume);

    [JsonIgnore]
    public Percentiles CatchUp => Percentiles.Of(Latencies.CatchUp);

    /// <summary>The number of servers whose processes were measured.</summary>
    [JsonIgnore]
    public int ServerCount => Timeline.Count == 0 ? 0 : Timeline.Min(second => second.Servers.Count);
}

/// <summary>A check: one demand, the value that was found, and whether it holds.</summary>
internal sealed record Check(string Name, string Demand, double Found, bool Holds);
