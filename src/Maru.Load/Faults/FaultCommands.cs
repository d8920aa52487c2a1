using System.Diagnostics;
using Maru.Load.Measuring;
using Maru.Load.Scenarios;

namespace Maru.Load.Faults;

/// <summary>The shell commands behind the names of faults, and the outcome of each that was run. Any thread.</summary>
/// <param name="commands">by name</param>
/// <param name="log">the file for their output</param>
internal sealed class FaultCommands(IReadOnlyDictionary<string, string> commands, string log)
{
    private readonly Lock _lock = new();
    private readonly List<FaultExecution> _executions = [];

    public IReadOnlyList<FaultExecution> Executions
    {
        get
        {
            lock (_lock) return [.. _executions];
        }
    }

    /// <summary>Runs each command at its time, whether the one before has ended or not; completes when all have ended.</summary>
    /// <param name="plan">the faults, in order of time</param>
    /// <param name="from">the time that the plan's times count from (<see cref="Ticks"/>)</param>
    /// <param name="begun">the time at which the run began</param>
    /// <param name="show">called at each command's beginning and end</param>
    /// <param name="ct">no further command begins; those that run are left alone</param>
    public async Task RunAsync(IReadOnlyList<DueFault> plan, long from, long begun, Action<FaultExecution> show, CancellationToken ct)
    {
        var running = new List<Task>();
        try
        {
            foreach (var fault in plan)
            {
                var wait = from + Ticks.FromSeconds(fault.At) - Ticks.Now;
                if (wait > 0) await Task.Delay(TimeSpan.FromMilliseconds((double)wait / Ticks.PerMillisecond), TimeProvider.System, ct);
                running.Add(RunAsync(fault.Name, begun, show, ct));
            }

            await Task.WhenAll(running);
        }
        catch (OperationCanceledException)
        {
            // the run is over
        }
    }

    /// <summary>Reads <c>name=command</c>.</summary>
    public static IReadOnlyDictionary<string, string> Parse(IEnumerable<string> texts)
    {
        var commands = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var split = text.IndexOf('=', StringComparison.Ordinal);
            if (split <= 0 || split == text.Length - 1)
                throw new ScenarioException(
                    $"--fault {text}: give it as name=\"command\", for instance --fault kill-a=\"kill -9 $(cat a.pid)\".");
            if (!commands.TryAdd(text[..split].Trim(), text[(split + 1)..]))
                throw new ScenarioException($"--fault {text[..split]}: given twice.");
        }

        return commands;
    }

    private async Task RunAsync(string name, long begun, Action<FaultExecution> show, CancellationToken ct)
    {
        var start = Ticks.Now;
        var execution = new FaultExecution(Math.Round((start - begun) / (double)Ticks.PerSecond, 2), name, 0, null);
        int place;
        lock (_lock)
        {
            place = _executions.Count;
            _executions.Add(execution);
        }

        show(execution);
        // Processes that the command starts may outlive it and write on: to a file, not to a pipe of this process.
        var shell = new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", "exec >>\"$0\" 2>&1 </dev/null\n" + commands[name], log } };
        using var process = Process.Start(shell)!;
        await process.WaitForExitAsync(ct);
        execution = execution with { Seconds = Math.Round((Ticks.Now - start) / (double)Ticks.PerSecond, 2), ExitCode = process.ExitCode };
        lock (_lock) _executions[place] = execution;
        show(execution);
    }
}
