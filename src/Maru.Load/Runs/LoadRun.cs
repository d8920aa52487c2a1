using System.Collections.Concurrent;
using Maru.Load.Clients;
using Maru.Load.Faults;
using Maru.Load.Inbound;
using Maru.Load.Measuring;
using Maru.Load.Readers;
using Maru.Load.Reporting;
using Maru.Load.Scenarios;
using Maru.Load.Verification;

namespace Maru.Load.Runs;

/// <summary>
/// One run from the first connection to the verdict.
/// Its phases, in order: prepare, connect, warm up, measure, drain, read the history.
/// </summary>
internal sealed class LoadRun(Scenario given, RunOptions options, IRunScreen screen)
{
    private readonly Scenario _scenario = given.Seed != 0 ? given : given with { Seed = Random.Shared.Next(1, 1_000_000) };
    // Bytes, all rooms of a loop together: 32,768 frames of one busy room, so that members several seconds apart still meet in it.
    private const long KnownFramesBudget = 64L * 1024 * 1024;

    private readonly ProcessSampler[] _servers = [.. options.Pids.Select(pid => new ProcessSampler(pid))];
    private readonly int[] _clients = [.. Enumerable.Range(0, given.Clients).Where(client => options.Shard.Has(client, given.Rooms))];
    private readonly DateTimeOffset _began = TimeProvider.System.GetUtcNow();
    private readonly FaultCommands _faults = new(options.Faults, options.FaultLog);
    private readonly List<Loop> _loops = [];
    private double _bytesPerConnection = double.NaN;
    private long _bytesBeforeListeners;

    public async Task<RunResult> RunAsync(CancellationToken ct)
    {
        if (Array.FindIndex(_servers, server => !server.Exists) is >= 0 and var absent)
            throw new ScenarioException($"There is no process {options.Pids[absent]} (--pid: a process id, or a file that holds one).");
        if (_clients.Length == 0) throw new ScenarioException($"The scenario has too few clients for --shard {options.Shard}.");
        // one process breaks for all
        IReadOnlyList<DueFault> plan = options.Shard.Number == 1 ? FaultPlan.Of(_scenario, [.. options.Faults.Keys], _scenario.Seed) : [];
        var cast = Cast.Read(_scenario, options.TokensFile, options.RoomsFile);
        var nodes = await Task.WhenAll(options.Urls.Select(url => Node.FindAsync(url, ct)));
        using var reader = new HistoryReader([.. nodes.Select(node => node.Rest)]);
        if (_scenario.Readers > 0 && options.Shard != Shard.Whole)
            throw new ScenarioException("readers: one process must know all messages; run the scenario without --shard.");
        if (_scenario.Readers > 0) screen.Say($"Bringing {_scenario.People:N0} people into their rooms ...");
        using var readers = await ReaderSide.PrepareAsync(_scenario, cast.Tokens, cast.Rooms, [.. nodes.Select(node => node.Rest)], ct);
        var starts = await StartsAsync(reader, cast, ct);
        using var dialer = new Dialer(_clients.Length, _scenario.Addresses);
        var run = new RunShared(_scenario, Convert.ToHexStringLower(Guid.NewGuid().ToByteArray().AsSpan(0, 6)), nodes, dialer);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct); // no fault begins after the end of the run
        try
        {
            var attacks = await AttackSide.PrepareAsync(_scenario, options, nodes, cast, reader, ct);
            return await PlayAsync(run, cast, starts, plan, attacks, readers, reader, end.Token);
        }
        finally
        {
            await end.CancelAsync();
            foreach (var loop in _loops) loop.Dispose();
        }
    }

    private async Task<RunResult> PlayAsync(
        RunShared run, Cast cast, long[] starts, IReadOnlyList<DueFault> due, AttackSide attacks, ReaderSide readers,
        HistoryReader reader, CancellationToken ct)
    {
        Build(run, cast, starts);
        var sampling = new Sampling(_loops, _servers);
        var connecting = Ticks.Now;
        var baseline = ServerBytes();
        var baselineClients = _clients.Count(client => client < _scenario.BaselineClients);
        foreach (var loop in _loops) loop.Start();
        screen.Say($"Connecting {_clients.Length:N0} clients to {string.Join(", ", options.Urls)} ...");
        if (_scenario.BaselineClients > 0)
        {
            await UntilAsync(sampling, "connect", () => Ready() >= baselineClients, 30, ct);
            await UntilAsync(sampling, "connect", () => false, 1, ct);
            baseline = ServerBytes();
        }

        if (!await UntilAsync(sampling, "connect", () => Ready() == _clients.Length, _scenario.Ramp + 60, ct))
            throw new ScenarioException($"Only {Ready():N0} of {_clients.Length:N0} clients were ready "
                + $"{_scenario.Ramp + 60:N0} s after the start. Errors: {ErrorText()}");
        await ListenAsync(run, starts, readers, sampling, ct);
        screen.Say($"All connected after {(Ticks.Now - connecting) / 1e9:N1} s. Sending.");

        var plan = BeginSending(due, attacks);
        if (due.Count > 0) screen.Say($"{due.Count} faults are due, drawn with seed {_scenario.Seed}.");
        readers.Read(run);
        var breaking = _faults.RunAsync(due, plan.MeasureFrom, sampling.Start, screen.ShowFault, ct);
        var attacking = attacks.RunAsync(plan, screen, ct);
        sampling.IsBreaking = () => attacks.IsFault(Ticks.Now) || _faults.Executions.Any(fault => fault.ExitCode is null);
        await UntilAsync(sampling, "warm-up", () => Ticks.Now >= plan.MeasureFrom, double.MaxValue, ct);
        var (before, beforeAt, beforeCpu) = (sampling.Totals(), Ticks.Now, ServerCpuSeconds());
        if (_scenario.Kinds.Count > 0) sampling.Attack = () => attacks.Now;
        await UntilAsync(sampling, "measure", () => Ticks.Now >= plan.MeasureUntil, double.MaxValue, ct);
        sampling.Attack = () => "";
        var (after, seconds) = (sampling.Totals(), (Ticks.Now - beforeAt) / 1e9);
        var cpu = (ServerCpuSeconds() - beforeCpu) / seconds * 100;
        if (_scenario.Readers == 0) _bytesPerConnection = (double)(ServerBytes() - baseline) / (_clients.Length - baselineClients);

        if (_scenario.SendingClients == 0) MeasureListeners(readers);   // idle: the server has put its memory in order meanwhile

        foreach (var loop in _loops) loop.Drain();
        readers.Drain();
        var isSettled = () =>
            breaking.IsCompleted && attacking.IsCompleted && _loops.TrueForAll(loop => loop.IsSettled) && readers.IsSettled;
        if (!await UntilAsync(sampling, "drain", isSettled, _scenario.DrainTimeout, CancellationToken.None))
            screen.Say($"Not everything came within the {_scenario.DrainTimeout:N0} s of drainTimeout.");
        run.FreezeHeads();
        await UntilAsync(sampling, "drain", () => false, 0.3, CancellationToken.None); // duplicates would come now
        var listeners = await readers.StopAsync();
        foreach (var loop in _loops) loop.Stop();
        if (attacking.IsFaulted) await attacking;

        reader.RetryFor = TimeSpan.FromSeconds(60); // the faults may have taken every node for a moment
        var history = _scenario.History ? await ReadHistoryAsync(reader, cast, starts, readers, ct) : null;
        var told = await readers.JudgeAsync(run, listeners, ct);
        var found = attacks.Findings(_loops, sampling.Timeline);
        var measures = Measures(sampling, before, after, seconds, cpu);
        foreach (var (name, value) in AttackMeasures.Of(found, sampling.Timeline)) measures[name] = value;
        foreach (var (name, value) in told?.Measures() ?? []) measures[name] = value;
        return (await ResultAsync(run, reader, sampling, measures, history, told)) with
        {
            Attacks = found,
            Errors = Errors().Concat(readers.Errors()).GroupBy(pair => pair.Key, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value), StringComparer.Ordinal),
        };
    }

    /// <summary>Opens all tabs and streams, and measures what they take of the servers' memory.</summary>
    private async Task ListenAsync(RunShared run, long[] starts, ReaderSide readers, Sampling sampling, CancellationToken ct)
    {
        if (_scenario.Readers == 0) return;
        _bytesBeforeListeners = ServerBytes();
        readers.Listen(run, starts);
        screen.Say($"Opening {readers.Wanted:N0} tabs and streams ...");
        if (!await UntilAsync(sampling, "connect", () => readers.IsReady, _scenario.Ramp + 60, ct))
            throw new ScenarioException($"Only {readers.Open:N0} of {readers.Wanted:N0} tabs and streams were open "
                + $"{_scenario.Ramp + 60:N0} s after the start. Errors: {string.Join(", ", readers.Errors())}");
        await UntilAsync(sampling, "connect", () => false, 2, ct);
        MeasureListeners(readers);
    }

    private void MeasureListeners(ReaderSide readers)
    {
        if (_servers.Length > 0 && _scenario.Readers > 0) readers.BytesGrown = ServerBytes() - _bytesBeforeListeners;
    }

    private async Task<long[]> StartsAsync(HistoryReader reader, Cast cast, CancellationToken ct)
    {
        var starts = new long[_scenario.Rooms];
        Array.Fill(starts, -1);
        if (!_scenario.History) return starts;
        await Parallel.ForEachAsync(Rooms(), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = ct },
            async (room, stop) => starts[room] = await reader.LastSeqAsync(cast.Rooms[room], cast.Tokens[room], stop));
        return starts;
    }

    private void Build(RunShared run, Cast cast, long[] starts)
    {
        for (var t = 0; t < _scenario.Threads; t++)
        {
            var loop = new Loop(run, t);
            var rooms = new RoomView[_scenario.Rooms];
            for (var r = 0; r < rooms.Length; r++)
                rooms[r] = new RoomView(
                    r, cast.Rooms[r], starts[r], new KnownFrames(KnownFramesBudget / _scenario.Rooms, _scenario.Payload));
            for (var i = t; i < _clients.Length; i += _scenario.Threads)
                loop.Add(NewClient(_clients[i], cast, rooms[_clients[i] % rooms.Length]), DialAt(_clients[i]));
            _loops.Add(loop);
        }
    }

    private Client NewClient(int j, Cast cast, RoomView room) => new(j, cast.Tokens[j], room)
    {
        // each room's members are spread over all nodes, and each node has as many clients as another
        Node = ((j / _scenario.Rooms) + (j % _scenario.Rooms)) % options.Urls.Count,
        Pending = j < _scenario.SendingClients ? new Pending() : null,
        IsSlow = j >= _scenario.Clients - _scenario.SlowClients,
        // spread over the clients, senders and listeners alike
        IsFlighty = (long)((j + 1) * _scenario.ReconnectShare) > (long)(j * _scenario.ReconnectShare),
    };

    private long DialAt(int j)
    {
        // The first ones at once, the others after the memory's first measuring (2 s).
        if (j < _scenario.BaselineClients) return Ticks.Now;
        var start = Ticks.Now + (_scenario.BaselineClients > 0 ? 3 * Ticks.PerSecond : 0);
        return start + (long)(Ticks.FromSeconds(_scenario.Ramp) * (double)(j - _scenario.BaselineClients) / _scenario.Clients);
    }

    private SendingPlan BeginSending(IReadOnlyList<DueFault> due, AttackSide attacks)
    {
        var start = Ticks.Now + (10 * Ticks.PerMillisecond);
        var from = start + Ticks.FromSeconds(_scenario.Warmup);
        var until = from + Ticks.FromSeconds(_scenario.Duration);
        var (periods, sending) = (attacks.Plan(due, from), Math.Max(1, _scenario.SendingClients));
        foreach (var (t, loop) in _loops.Index())
        {
            var share = (double)loop.Clients.Count(client => client.Pending is not null) / sending;
            var apart = _scenario.Rate > 0 && share > 0 ? Ticks.PerSecond / (_scenario.Rate * share) : 0;
            loop.BeginSending(new SendingPlan(start, from, until, apart, (double)t / _loops.Count, periods));
        }

        return new SendingPlan(start, from, until, 0, 0, periods);
    }

    /// <summary>Samples once a second until the condition holds; false after that many seconds.</summary>
    private async Task<bool> UntilAsync(Sampling sampling, string phase, Func<bool> condition, double seconds, CancellationToken ct)
    {
        var (start, nextSample) = (Ticks.Now, Ticks.Now + Ticks.PerSecond);
        while (!condition())
        {
            if (_loops.Select(loop => loop.Failure).FirstOrDefault(failure => failure is not null) is { } failure)
                throw new ScenarioException(failure);
            if ((Ticks.Now - start) / 1e9 > seconds) return false;
            ct.ThrowIfCancellationRequested();
            if (Ticks.Now >= nextSample)
            {
                nextSample += Ticks.PerSecond;
                screen.Show(sampling.Take(phase));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        }

        if (sampling.SinceLast > 0.5) screen.Show(sampling.Take(phase)); // a shorter one's rates would be noise
        return true;
    }

    private async Task<HistoryFindings> ReadHistoryAsync(
        HistoryReader reader, Cast cast, long[] starts, ReaderSide readers, CancellationToken ct)
    {
        var expected = Math.Max(1, _loops.Sum(loop => loop.Counters.Acknowledged));
        long read = 0;
        var findings = new ConcurrentBag<HistoryFindings>();
        screen.Say($"Comparing the history with {expected:N0} acknowledged messages ...");
        var fewAtOnce = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = ct };
        await Parallel.ForEachAsync(Rooms(), fewAtOnce, async (room, stop) =>
        {
            var views = _loops.SelectMany(loop => loop.Clients).Select(client => client.Room).Where(view => view.Index == room);
            var acks = views.Distinct().Select(view => view.Acks);
            var history = new RoomHistory(starts[room], [.. acks], _scenario.Payload, sender => options.Shard.Has(sender, _scenario.Rooms))
            {
                Found = readers.Found(room),
            };
            findings.Add(await reader.ReadRoomAsync(cast.Rooms[room], cast.Tokens[room], history, Show, stop));
        });
        screen.ShowHistory(1);
        return findings.Aggregate(new HistoryFindings(), (sum, one) => sum.Plus(one));

        void Show(int count) => screen.ShowHistory(Interlocked.Add(ref read, count) / (double)expected);
    }

    private Dictionary<string, double> Measures(Sampling sampling, Counters before, Counters after, double seconds, double cpu)
    {
        var totals = sampling.Totals();
        var measures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["messagesPerSecond"] = (after.Acknowledged - before.Acknowledged) / seconds,
            ["deliveriesPerSecond"] = (after.Deliveries - before.Deliveries) / seconds,
            ["faults"] = _faults.Executions.Count,
            ["faultsFailed"] = _faults.Executions.Count(fault => fault.ExitCode != 0),
            ["disconnects"] = totals.Disconnects,
            ["reconnects"] = totals.Resumes,
            ["longestSilenceMs"] = _loops.Max(loop => loop.LongestSilence()) / 1e6,
            ["unacknowledged"] = _loops.SelectMany(loop => loop.Clients).Sum(Outstanding) + totals.GivenUp,
        };
        foreach (var (name, value) in sampling.Latencies().Measures()) measures[name] = value;
        if (_servers.Length == 0) return measures;
        measures["serverMb"] = sampling.Timeline.Max(sample => sample.ServerMb);
        measures["serverCpuPercent"] = cpu;
        if (!double.IsNaN(_bytesPerConnection)) measures["bytesPerConnection"] = _bytesPerConnection;
        return measures;
    }

    private async Task<RunResult> ResultAsync(
        RunShared run, HistoryReader reader, Sampling sampling, Dictionary<string, double> measures, HistoryFindings? history,
        ReaderFindings? told)
    {
        var clients = _loops.SelectMany(loop => loop.Clients).ToArray();
        var (lost, stuck) = (Verdict.Lost(clients, run.Head), Verdict.Stuck(clients, run.Head));
        var totals = sampling.Totals();
        var guarantees = Verdict.Guarantees(totals, lost, stuck, history, told);
        // they are for all shards together
        var thresholds = options.Shard == Shard.Whole ? Verdict.Thresholds(_scenario.Thresholds, measures) : [];
        var server = _scenario.History ? await reader.VersionAsync(CancellationToken.None) ?? "unknown" : "unknown";
        return new RunResult
        {
            Passed = guarantees.All(check => check.Holds) && thresholds.All(check => check.Holds),
            Shard = options.Shard,
            Began = _began,
            Conditions = Conditions.At(_began, server, string.Join(", ", options.Urls)),
            Scenario = _scenario,
            Guarantees = guarantees,
            Thresholds = thresholds,
            Measures = measures,
            Latencies = sampling.Latencies(),
            Faults = _faults.Executions,
            Counts = totals.ByName(),
            Errors = Errors(),
            History = history,
            Readers = told,
            Timeline = sampling.Timeline,
        };
    }

    private static long Outstanding(Client client) => client.Pending?.Outstanding ?? 0;

    private int[] Rooms() => [.. _clients.Select(client => client % _scenario.Rooms).Distinct()];

    private long ServerBytes() => _servers.Sum(server => server.ResidentBytes());

    private double ServerCpuSeconds() => _servers.Sum(server => server.CpuSeconds());

    private long Ready() => _loops.Sum(loop => loop.Counters.Ready);

    private Dictionary<string, long> Errors() => _loops.SelectMany(loop => loop.Errors).GroupBy(pair => pair.Key, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value), StringComparer.Ordinal);

    private string ErrorText() =>
        string.Join(", ", Errors().Select(pair => $"{pair.Key} x {pair.Value}")) is { Length: > 0 } text ? text : "none";
}
