using System.Globalization;
using Maru.Load.Attacks;
using Maru.Load.Clients;
using Maru.Load.Faults;
using Maru.Load.Measuring;
using Maru.Load.Reporting;
using Maru.Load.Scenarios;
using Maru.Load.Verification;

namespace Maru.Load.Runs;

/// <summary>The attackers of a run, the newcomers beside them, and what all met.</summary>
internal sealed class AttackSide
{
    private const int SpareHandles = 500;       // of this process, for everything but its connections
    private const int NewcomersWithPassword = 20;

    private readonly Scenario _scenario;
    private readonly Shard _shard;
    private readonly IReadOnlyList<AttackTarget> _servers;
    private readonly AttackTarget? _tls;
    private readonly AttackCast _cast;
    private readonly IReadOnlyList<string> _tokens;
    private readonly IReadOnlyList<string> _handles;
    private AttackSchedule? _schedule;
    private AttackRun? _run;
    private Newcomers? _newcomers;

    private AttackSide(
        Scenario scenario, Shard shard, IReadOnlyList<AttackTarget> servers, AttackTarget? tls, AttackCast cast,
        IReadOnlyList<string> tokens, IReadOnlyList<string> handles)
        => (_scenario, _shard, _servers, _tls, _cast, _tokens, _handles) = (scenario, shard, servers, tls, cast, tokens, handles);

    /// <summary>The name of the attack that goes on.</summary>
    public string Now => _run?.Now?.Name ?? AttackFindings.None;

    public static async Task<AttackSide> PrepareAsync(
        Scenario scenario, RunOptions options, IReadOnlyList<Node> nodes, Cast members, HistoryReader reader, CancellationToken ct)
    {
        var cast = new AttackCast([], [], members.Rooms[0]);
        if (scenario.Kinds.Any(kind => AttackName.Parse(kind).SignsIn))
            cast = cast with { Tokens = Lines(options.AttackTokensFile, "--attack-tokens"), Rooms = Rooms(options.AttackRoomsFile) };
        var handles = new List<string>();
        for (var i = 0; i < NewcomersWithPassword && scenario.Kinds.Count > 0; i++)
        {
            // spread over the members
            if (await reader.HandleAsync(members.Tokens[(int)((long)i * members.Tokens.Count / NewcomersWithPassword)], ct) is { } handle)
                handles.Add(handle);
        }

        AttackTarget Target(Node node) => new(node, scenario.AttackAddresses);
        var tls = options.TlsUrl is null ? null : Target(await Node.FindAsync(options.TlsUrl, ct));
        return new AttackSide(scenario, options.Shard, [.. nodes.Select(Target)], tls, cast, members.Tokens, handles);
    }

    /// <summary>Plans the attacks; returns the run's periods, or null when it has none.</summary>
    public Periods? Plan(IReadOnlyList<DueFault> faults, long from)
    {
        if (_scenario.Kinds.Count == 0 && faults.All(fault => fault.Apart == 0)) return null;
        _schedule = AttackSchedule.Of(_scenario, faults, from);
        _run = new AttackRun(_schedule, _servers, _tls, _cast);
        if (_scenario.Kinds.Count > 0) _newcomers = new Newcomers(_servers, _tokens, _handles, _schedule.Periods);
        return _schedule.Periods;
    }

    public async Task RunAsync(SendingPlan plan, IRunScreen screen, CancellationToken ct)
    {
        if (_run is null || _newcomers is null || _shard.Number > 1) return; // one process attacks for all
        // An attacker has cores of its own. Here it shares the members': what counts is what it does to the server, not to them.
        ThreadPool.SetMaxThreads(2 * Environment.ProcessorCount, 2 * Environment.ProcessorCount);
        var most = MostHandles() - _scenario.Clients - SpareHandles;
        await Task.WhenAll(
            _run.RunAsync(plan.MeasureFrom, _scenario.AttackSize, most, screen.ShowAttack, ct),
            _newcomers.RunAsync(plan.MeasureFrom, plan.MeasureUntil, ct));
    }

    /// <summary>Returns whether that moment belongs to a fault.</summary>
    public bool IsFault(long time) => _schedule is { Periods: var periods } && periods.At(time) == periods.Names.Count - 1;

    /// <summary>Returns what was met in each period. Called once all have stopped.</summary>
    public IReadOnlyList<AttackFindings> Findings(IReadOnlyList<Loop> loops, IReadOnlyList<SecondSample> timeline)
    {
        if (_schedule is null) return [];
        var latencies = loops.Select(loop => loop.ByPeriod).OfType<PeriodLatencies>().ToArray();
        return [.. _schedule.Periods.Names.Select((name, i) =>
        {
            var (tally, samples) = (_run!.Tallies[i], timeline.Where(sample => sample.Attack == name).ToArray());
            return new AttackFindings
            {
                Name = name,
                Receipt = AttackFindings.Sum(latencies.Select(one => one.Receipts[i])),
                Delivery = AttackFindings.Sum(latencies.Select(one => one.Deliveries[i])),
                Newcomer = Found(_newcomers?.Entries[i]),
                SignIn = Found(_newcomers?.SignIns[i]),
                Live = Found(_newcomers?.Lives[i]),
                Opened = tally.Opened,
                MostOpen = tally.MostOpen,
                BytesSent = tally.BytesSent,
                FramesSent = tally.FramesSent,
                BytesReceived = tally.BytesReceived,
                Ended = tally.Ended,
                ServerCpuPercent = samples.Select(sample => sample.ServerCpuPercent).DefaultIfEmpty(0).Average(),
                ServerMb = samples.Select(sample => sample.ServerMb).DefaultIfEmpty(0).Max(),
            };
        })];

        static ProbeFindings Found(Probe? probe) => probe is null
            ? new ProbeFindings(new Histogram(), new Dictionary<string, long>())
            : new ProbeFindings(probe.Took, probe.Failed);
    }

    private static int MostHandles()
    {
        var line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? most : 1_000_000;
    }

    private static long[] Rooms(string file) => [.. Lines(file, "--attack-rooms").Select(line =>
        long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id : throw new ScenarioException($"{file}: '{line}' is no room id."))];

    private static string[] Lines(string file, string option)
    {
        if (!File.Exists(file))
            throw new ScenarioException($"There is no file '{file}' ({option}). The attackers have accounts and a room of their own: "
                + "maru seed --users 10 --rooms 1 --messages 100000 --tokens attack-tokens.txt --rooms-file attack-rooms.txt");
        string[] lines = [.. File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0)];
        return lines.Length > 0 ? lines : throw new ScenarioException($"The file '{file}' ({option}) is empty.");
    }
}
