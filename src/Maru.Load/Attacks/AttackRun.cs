using Maru.Load.Measuring;
using Maru.Load.Scenarios;

namespace Maru.Load.Attacks;

/// <summary>Makes a run's attacks, one after the other, each at its time.</summary>
/// <param name="schedule">which and when</param>
/// <param name="plain">the servers of attackers without TLS, each in turn</param>
/// <param name="tls">the server of those with TLS; null = there is none</param>
/// <param name="cast">the attackers' accounts</param>
internal sealed class AttackRun(AttackSchedule schedule, IReadOnlyList<AttackTarget> plain, AttackTarget? tls, AttackCast cast)
{
    private readonly AttackTally[] _tallies = [.. schedule.Periods.Names.Select(_ => new AttackTally())];
    private volatile DueAttack? _now;

    /// <summary>What the attackers did, by period.</summary>
    public IReadOnlyList<AttackTally> Tallies => _tallies;

    /// <summary>The attack that goes on; null = none.</summary>
    public DueAttack? Now => _now;

    /// <param name="from">the time that the schedule counts from</param>
    /// <param name="size">share of the usual number of connections</param>
    /// <param name="most">connections that the attackers may have at once</param>
    /// <param name="show">called each second</param>
    /// <param name="ct">ends it</param>
    public async Task RunAsync(long from, double size, int most, Action<AttackProgress> show, CancellationToken ct)
    {
        foreach (var (i, due) in schedule.Due.Index())
        {
            await Ticks.UntilAsync(from + Ticks.FromSeconds(due.At), ct);
            if (ct.IsCancellationRequested) return;
            var name = AttackName.Parse(due.Name);
            var round = i / Math.Max(1, schedule.Periods.Names.Count - 2);
            var target = name.Tls ? tls : plain[(i + round) % plain.Count]; // each kind meets each node
            if (target is null) throw new ScenarioException($"The attack {name} needs the server's TLS address: --tls-url.");
            using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
            _now = due;
            using var attack = new Attack(name, target, cast, _tallies[due.Period]);
            var attacking = attack.RunAsync(size, most, end.Token);
            var last = from + Ticks.FromSeconds(due.At + due.For);
            for (var now = Ticks.Now; now < last && !ct.IsCancellationRequested; now = Ticks.Now)
            {
                show(Progress(i, due, 1 - ((last - now) / (double)Ticks.FromSeconds(due.For))));
                await Ticks.UntilAsync(Math.Min(last, now + Ticks.PerSecond), ct);
            }

            await end.CancelAsync();
            await attacking;
            _now = null;
            show(Progress(i, due, 1));
        }
    }

    private AttackProgress Progress(int index, DueAttack due, double share)
    {
        var tally = _tallies[due.Period];
        var ended = tally.Ended.Values.Sum();
        return new AttackProgress(due.Name, index + 1, schedule.Due.Count, share, tally.BytesSent, tally.MostOpen, ended);
    }
}

/// <summary>How far an attack is, and what it did.</summary>
/// <param name="Name">as the scenario gives it</param>
/// <param name="Number">from 1</param>
/// <param name="Of">attacks of the run</param>
/// <param name="Share">0 to 1; 1 = it is over</param>
/// <param name="BytesSent">by all attacks of this name so far</param>
/// <param name="MostOpen">connections at once</param>
/// <param name="Ended">connections that the server refused or ended</param>
internal sealed record AttackProgress(string Name, int Number, int Of, double Share, long BytesSent, long MostOpen, long Ended);
