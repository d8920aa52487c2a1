using Maru.Load.Scenarios;

namespace Maru.Load.Faults;

/// <summary>
/// The plan of a run's faults and their times, drawn before the run begins, so that the same seed breaks the same things at the same times.
/// </summary>
internal static class FaultPlan
{
    /// <summary>Returns the faults in the order of time.</summary>
    /// <param name="scenario">its faults, its duration and its seed</param>
    /// <param name="names">the commands that were given</param>
    /// <param name="seed">the seed of the draws</param>
    public static IReadOnlyList<DueFault> Of(Scenario scenario, IReadOnlyCollection<string> names, int seed)
    {
        var due = new List<(double At, Fault Fault)>();
        foreach (var fault in scenario.Faults)
        {
            foreach (var name in Choices(fault, names)) Require(names, name);
            for (var i = 0; fault.At + (i * fault.Every) < scenario.Duration && (i == 0 || fault.Every > 0); i++)
                due.Add((fault.At + (i * fault.Every), fault));
        }

        var random = new Random(seed);
        return [.. due.OrderBy(one => one.At).Select(one =>
        {
            var choices = Choices(one.Fault, names);
            return new DueFault(one.At, choices[random.Next(choices.Count)]) { Apart = one.Fault.Apart };
        })];
    }

    private static IReadOnlyList<string> Choices(Fault fault, IReadOnlyCollection<string> names)
    {
        if (fault.Run is { } name) return [name];
        if (fault.OneOf.Count > 0) return fault.OneOf;
        return names.Count > 0 ? [.. names.Order(StringComparer.Ordinal)]
            : throw new ScenarioException(
                "The scenario's faults take one of the commands given, and none is given: --fault kill-a=\"kill -9 $(cat a.pid)\" "
                    + "(several times).");
    }

    private static void Require(IReadOnlyCollection<string> names, string name)
    {
        if (!names.Contains(name))
            throw new ScenarioException($"The scenario has a fault '{name}', and no command for it is given: --fault {name}=\"command\".");
    }
}

/// <summary>One fault to come.</summary>
/// <param name="At">seconds from the moment at which measuring begins</param>
/// <param name="Name">its command's</param>
internal sealed record DueFault(double At, string Name)
{
    /// <summary>Seconds from then in which messages due are judged apart.</summary>
    public double Apart { get; init; }
}
