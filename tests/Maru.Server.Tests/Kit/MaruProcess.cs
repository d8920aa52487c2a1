using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Maru.Server.Tests.Kit;

/// <summary>
/// The server as its own process: the <c>maru</c> that lies beside the tests.
/// It can be killed; nothing of it is left behind.
/// </summary>
internal sealed partial class MaruProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int FileSize = 1;     // RLIMIT_FSIZE

    private static readonly string Beside = Path.Combine(AppContext.BaseDirectory, "maru");

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly List<string> _answer = [];
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MaruProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => ReadAnswer(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Address => _listening.Task.Result;

    public int Id => _process.Id;

    /// <summary>Its output, of both streams.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines) return [.. _lines];
        }
    }

    /// <summary>Its standard output, once it has ended.</summary>
    public IReadOnlyList<string> Output => _answer;

    /// <summary>Bytes in memory now.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Time of all cores that it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a server on a store in that folder; returns when it listens.</summary>
    public static Task<MaruProcess> StartAsync(string folder, params string[] settings) => StartPublishedAsync(Beside, folder, settings);

    /// <summary>As <see cref="StartAsync"/>, with a heap that may have no more bytes than that.</summary>
    public static Task<MaruProcess> StartSmallAsync(long heapBytes, string folder, params string[] settings) =>
        StartPublishedAsync(Beside, folder, settings, heapBytes);

    /// <summary>As <see cref="StartAsync"/>, of another program than the one beside the tests.</summary>
    public static async Task<MaruProcess> StartPublishedAsync(string program, string folder, string[]? settings = null, long heapBytes = 0)
    {
        string[] usual = ["--urls=http://127.0.0.1:0", "--Maru:RateLimits:Enabled=false", "--Maru:Passwords:Iterations=1000"];
        var server = Launch(program, [.. await StoreAsync(folder), .. usual, .. settings ?? []], heapBytes);
        await Task.WhenAny(server._listening.Task, server._process.WaitForExitAsync()).Within("the server to listen");
        if (!server._listening.Task.IsCompleted)
            throw new InvalidOperationException($"the server ended:\n{string.Join('\n', server.Lines)}");
        return server;
    }

    /// <summary>Starts another program than the one beside the tests, and does not wait for it.</summary>
    public static MaruProcess LaunchScript(string program, params string[] args) => Launch(program, args);

    /// <summary>A program that runs to its end by itself.</summary>
    public static async Task<(int Code, IReadOnlyList<string> Lines)> RunAsync(params string[] args)
    {
        await using var program = Launch(Beside, args);
        var code = await program.ExitAsync();
        return (code, program.Lines);
    }

    /// <summary>As <see cref="RunAsync"/>; returns what it wrote to standard output alone.</summary>
    public static async Task<string[]> AnswerAsync(params string[] args)
    {
        await using var program = Launch(Beside, args);
        (await program.ExitAsync()).ShouldBe(0, string.Join('\n', program.Lines));
        return [.. program._answer];
    }

    /// <summary>Seeds users and rooms into the store; returns their tokens and ids.</summary>
    public static async Task<(string[] Tokens, long[] Rooms)> SeedAsync(string folder, int users, int rooms, params string[] settings)
    {
        var (tokens, ids) = (Path.Combine(folder, "tokens.txt"), Path.Combine(folder, "rooms.txt"));
        var (code, lines) = await RunAsync(
        [
            "seed", $"--users={users}", $"--rooms={rooms}", $"--tokens={tokens}", $"--rooms-file={ids}",
            "--Maru:Passwords:Iterations=1000", .. await StoreAsync(folder), .. settings,
        ]);
        code.ShouldBe(0, string.Join('\n', lines));
        return (await File.ReadAllLinesAsync(tokens), [.. (await File.ReadAllLinesAsync(ids)).Select(long.Parse)]);
    }

    public static async Task<string[]> StoreAsync(string folder) =>
        [$"--Maru:Data={folder}", $"--Maru:Database={await TestStore.OfAsync(folder)}", MaruServer.ConnectTimeout];

    /// <summary>SIGKILL: no chance to say or save anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends it by SIGTERM; returns the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Kill(_process.Id, SigTerm).ShouldBe(0);
        return await ExitAsync();
    }

    /// <summary>
    /// From now on its files may not grow beyond that: a write that would fails with EFBIG.
    /// The hard limit stays, so that it can be lifted again.
    /// </summary>
    public void LimitFileSize(long bytes)
    {
        Limit(_process.Id, FileSize, null, out var limit).ShouldBe(0);
        limit.Soft = (ulong)bytes > limit.Hard ? limit.Hard : (ulong)bytes;
        Limit(_process.Id, FileSize, [limit], out _).ShouldBe(0);
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().Within("the program to end");
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private static MaruProcess Launch(string program, string[] args, long heapBytes = 0)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var arg in args)
        {
            // OpenTelemetry's own are variables and no options.
            if (arg.StartsWith("--OTEL_", StringComparison.Ordinal) && arg[2..].Split('=', 2) is [var name, var value])
                start.Environment[name] = value;
            else
                start.ArgumentList.Add(arg);
        }

        start.Environment["DOTNET_gcServer"] = "0";
        // The tests' PostgreSQL has no fsync, of which each server would warn.
        start.Environment["Logging__LogLevel__Maru.Server.Storage.Postgres.PostgresPromises"] = "None";
        if (heapBytes > 0) start.Environment["DOTNET_GCHeapHardLimit"] = heapBytes.ToString("x", CultureInfo.InvariantCulture);
        return new MaruProcess(Process.Start(start) ?? throw new InvalidOperationException("no process"));
    }

    private void ReadAnswer(string? line)
    {
        if (line is not null) _answer.Add(line);
        Read(line);
    }

    private void Read(string? line)
    {
        if (line is null) return;
        lock (_lines) _lines.Add(line);
        if (Listening().Match(line) is { Success: true } match) _listening.TrySetResult(new Uri(match.Groups[1].Value));
    }

    [GeneratedRegex(@"(?:Now listening on:|is ready on) (http://[0-9.:]+)")]
    private static partial Regex Listening();

    [DllImport("libc", EntryPoint = "prlimit")]
    private static extern int Limit(int process, int resource, ResourceLimit[]? to, out ResourceLimit from);

    private struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
