using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Maru.Server.Features.Files.Pictures;

/// <summary>A process that makes pictures, as the server sees it. One request at a time.</summary>
internal sealed class PictureWorker : IDisposable
{
    /// <summary>All that it gets of the environment: it needs no secrets of the server.</summary>
    private static readonly string[] Inherited = ["PATH", "HOME", "TMPDIR", "LANG", "DOTNET_ROOT", "LD_LIBRARY_PATH"];

    private const int Signal = 128;     // an exit code above it is a signal
    private const int SigKill = 9;
    private const int SigTerm = 15;

    private static readonly TimeSpan Ended = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private TimeSpan _before;           // what it had computed before this picture

    public PictureWorker(long memory)
    {
        var start = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var program = Path.Combine(AppContext.BaseDirectory, "maru");
        if (File.Exists(program))
        {
            start.FileName = program;
        }
        else
        {
            start.FileName = "dotnet";
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "maru.dll"));
        }

        start.ArgumentList.Add(PictureProcess.Command);
        start.ArgumentList.Add(memory.ToString(CultureInfo.InvariantCulture));
        var kept = Inherited.Select(name => (name, Environment.GetEnvironmentVariable(name))).ToArray();
        start.Environment.Clear();
        foreach (var (name, value) in kept)
        {
            if (value is not null) start.Environment[name] = value;
        }

        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x4000000";      // 64 MiB: pictures are not in it
        start.Environment["DOTNET_TieredCompilation"] = "1";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, _) => { };        // what a library prints about a hostile file is nobody's concern
        _process.BeginErrorReadLine();
    }

    public int Count { get; private set; }

    public bool IsRunning => !_process.HasExited;

    /// <summary>It was ended from outside, which <see cref="SeeEnd"/> has seen.</summary>
    public bool WasKilled { get; private set; }

    /// <summary>Time of a core that this picture has taken.</summary>
    public TimeSpan Computed => ProcessorTime() - _before;

    /// <summary>Returns whether it has started and can work.</summary>
    public async Task<bool> IsReadyAsync(TimeSpan timeout, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        over.CancelAfter(timeout);
        try
        {
            return await _process.StandardOutput.ReadLineAsync(over.Token) == PictureProcess.Ready;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <exception cref="IOException">It has crashed.</exception>
    /// <exception cref="OperationCanceledException">It takes too long, or is of no use any more.</exception>
    public async Task<PictureAnswer> MakeAsync(PictureRequest request, TimeSpan timeout, CancellationToken ct)
    {
        Count++;
        _before = ProcessorTime();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        over.CancelAfter(timeout);
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request, PictureJson.Default.PictureRequest));
        await _process.StandardInput.FlushAsync(over.Token);
        var line = await _process.StandardOutput.ReadLineAsync(over.Token) ?? throw new EndOfStreamException();
        return JsonSerializer.Deserialize(line, PictureJson.Default.PictureAnswer)!;
    }

    /// <summary>Waits for the end of a process that closed its output, and looks at what ended it.</summary>
    public void SeeEnd() => WasKilled = _process.WaitForExit(Ended) && _process.ExitCode is Signal + SigKill or Signal + SigTerm;

    private TimeSpan ProcessorTime()
    {
        try
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
        catch (InvalidOperationException)
        {
            return _before;     // it has ended
        }
    }

    public void Dispose()
    {
        try
        {
            _process.Kill();
            _process.WaitForExit(Ended);        // it writes no more into a folder that is removed next
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }

        _process.Dispose();
    }
}
