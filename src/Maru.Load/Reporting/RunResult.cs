using System.Text.Json.Serialization;
using Maru.Load.Faults;
using Maru.Load.Measuring;
using Maru.Load.Scenarios;
using Maru.Load.Verification;

namespace Maru.Load.Reporting;

/// <summary>Everything a run found: what <c>result.json</c> holds and the HTML report is made from.</summary>
internal sealed record RunResult
{
    /// <summary>All guarantees and all thresholds held.</summary>
    public bool Passed { get; init; }

    public required Conditions Conditions { get; init; }

    public required Scenario Scenario { get; init; }

    /// <summary>What must hold in every run.</summary>
    public required IReadOnlyList<Check> Guarantees { get; init; }

    /// <summary>What this scenario demands.</summary>
    public required IReadOnlyList<Check> Thresholds { get; init; }

    /// <summary>Every measure by the name that thresholds use.</summary>
    public required IReadOnlyDictionary<string, double> Measures { get; init; }

    public required Percentiles Delivery { get; init; }

    public required Percentiles Receipt { get; init; }

    /// <summary>Lost connection to new subscription.</summary>
    public required Percentiles Resume { get; init; }

    /// <summary>Lost connection to having all that the room had at the new subscription.</summary>
    public required Percentiles CatchUp { get; init; }

    public required IReadOnlyDictionary<string, long> Counts { get; init; }

    /// <summary>Refusals and lost connections by slug.</summary>
    public required IReadOnlyDictionary<string, long> Errors { get; init; }

    public HistoryFindings? History { get; init; }

    public required IReadOnlyList<SecondSample> Timeline { get; init; }

    /// <summary>What was broken on purpose.</summary>
    public IReadOnlyList<FaultExecution> Faults { get; init; } = [];

    /// <summary>How many servers' processes were measured.</summary>
    [JsonIgnore]
    public int ServerCount => Timeline.Count == 0 ? 0 : Timeline[0].Servers.Count;
}

/// <summary>One demand, what was found, and whether that is enough.</summary>
internal sealed record Check(string Name, string Demand, double Found, bool Holds);
