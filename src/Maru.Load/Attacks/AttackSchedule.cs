using Maru.Load.Faults;
using Maru.Load.Measuring;
using Maru.Load.Scenarios;

namespace Maru.Load.Attacks;

/// <summary>The times at which attacks are due, and the periods of the run that follow from them and from the faults.</summary>
/// <param name="Due">in the order of time</param>
/// <param name="Periods">the first one is without an attack, the last one is that of the faults</param>
internal sealed record AttackSchedule(IReadOnlyList<DueAttack> Due, Periods Periods)
{
    public static AttackSchedule Of(Scenario scenario, IReadOnlyList<DueFault> faults, long from)
    {
        string[] names = [AttackFindings.None, .. scenario.Kinds.Distinct(StringComparer.Ordinal), AttackFindings.Faults];
        var (due, each) = (new List<DueAttack>(), scenario.AttackFor + scenario.AttackRest);
        for (var i = 0; scenario.Kinds.Count > 0 && i * each < scenario.Duration - 1e-6; i++)
        {
            var name = scenario.Kinds[i % scenario.Kinds.Count];
            due.Add(new(i * each, Math.Min(scenario.AttackFor, scenario.Duration - (i * each)), Array.IndexOf(names, name), name));
        }

        var slots = new byte[SlotAt(scenario.Duration) + 1];
        foreach (var attack in due) Fill(attack.At, attack.For, attack.Period);
        foreach (var fault in faults) Fill(fault.At, fault.Apart, names.Length - 1);
        return new AttackSchedule(due, new Periods(names, from, slots));

        void Fill(double at, double seconds, int period)
        {
            var (first, end) = (SlotAt(at), Math.Min(SlotAt(at + seconds), slots.Length));
            if (end > first) slots.AsSpan(first, end - first).Fill((byte)period);
        }

        static int SlotAt(double seconds) => (int)(Ticks.FromSeconds(seconds) / Periods.Slot);
    }
}

/// <summary>One attack to come.</summary>
/// <param name="At">seconds from the moment at which measuring begins</param>
/// <param name="For">seconds</param>
/// <param name="Period">its number among the run's periods</param>
/// <param name="Name">as the scenario gives it</param>
internal sealed record DueAttack(double At, double For, int Period, string Name);
