using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;

namespace Maru.Server.Features.Files.Pictures;

/// <summary>
/// Has pictures made by processes of their own: one at a time each, in turn. A process that crashes, or takes too long, costs the picture
/// and itself; the next one gets a new process. Any thread.
/// </summary>
internal sealed partial class PictureMaker : IDisposable
{
    /// <summary>Pictures after which a process makes way for a new one, whatever it may have kept.</summary>
    private const int PicturesEach = 500;

    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(1);

    private readonly ConcurrentBag<Worker> _idle = [];
    private readonly PictureOptions _options;
    private readonly SemaphoreSlim _turns;
    private readonly TimeProvider _time;
    private readonly ILogger<PictureMaker> _log;
    private readonly Meter _meter = new("Maru.Server");
    private readonly Counter<long> _made;
    private readonly Counter<long> _failed;
    private readonly Histogram<double> _seconds;
    private int _waiting;
    private bool _isOver;

    public PictureMaker(PictureOptions options, TimeProvider time, ILogger<PictureMaker> log)
    {
        (_options, _time, _log) = (options, time, log);
        _turns = new SemaphoreSlim(options.Workers);
        _made = _meter.CreateCounter<long>("maru.pictures.made", "{picture}", "Pictures that were made.");
        _failed = _meter.CreateCounter<long>("maru.pictures.failed", "{picture}", "Pictures at which a process crashed, or took too long.");
        _seconds = _meter.CreateHistogram<double>("maru.pictures.duration", "s", "Time that a picture took, without its wait.");
    }

    /// <summary>True when as many wait as may: one more would wait for too long.</summary>
    public bool IsFull => Volatile.Read(ref _waiting) >= _options.Queue + _options.Workers;

    /// <summary>Makes the pictures of a file; null: it is none that we show.</summary>
    /// <param name="source">path of the file</param>
    /// <param name="folder">where the pictures go; nothing else is left there</param>
    /// <exception cref="InvalidOperationException">No process can be started.</exception>
    public async Task<Picture?> MakeAsync(string source, string folder, CancellationToken ct)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _turns.WaitAsync(ct);
            try
            {
                return await MakeInTurnAsync(new PictureRequest(source, folder, _options.Pixels));
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose()
    {
        _isOver = true;
        while (_idle.TryTake(out var worker)) worker.Dispose();
        _meter.Dispose();
        _turns.Dispose();
    }

    private async Task<Picture?> MakeInTurnAsync(PictureRequest request)
    {
        var worker = await TakeAsync();
        var begun = _time.GetTimestamp();
        try
        {
            var picture = await worker.MakeAsync(request, _options.Timeout);
            _seconds.Record(_time.GetElapsedTime(begun).TotalSeconds);
            if (picture is not null) _made.Add(1);
            if (worker.Count < PicturesEach && !_isOver) _idle.Add(worker);
            else worker.Dispose();
            return picture;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or JsonException)
        {
            worker.Dispose();
            _failed.Add(1);
            Log.Failed(_log, _time.GetElapsedTime(begun).TotalSeconds);
            return null;
        }
    }

    /// <summary>Returns a process that runs: one that waits, or a new one.</summary>
    private async Task<Worker> TakeAsync()
    {
        while (_idle.TryTake(out var worker))
        {
            if (worker.IsRunning) return worker;
            worker.Dispose();
        }

        var fresh = new Worker(_options.MemoryBytes);
        if (await fresh.IsReadyAsync(StartTime)) return fresh;
        fresh.Dispose();
        throw new InvalidOperationException(
            "No process can be started that makes pictures. Does `maru pictures` run here, and is Maru:Files:Pictures:MemoryBytes enough?");
    }

    /// <summary>A process. One request at a time.</summary>
    private sealed class Worker : IDisposable
    {
        /// <summary>All that it gets of the environment: it needs no secrets of the server.</summary>
        private static readonly string[] Inherited = ["PATH", "HOME", "TMPDIR", "LANG", "DOTNET_ROOT", "LD_LIBRARY_PATH"];

        private static readonly TimeSpan Ended = TimeSpan.FromSeconds(5);

        private readonly Process _process;

        public Worker(long memory)
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

        /// <summary>Returns whether it has started and can work.</summary>
        public async Task<bool> IsReadyAsync(TimeSpan timeout)
        {
            using var over = new CancellationTokenSource(timeout);
            try
            {
                return await _process.StandardOutput.ReadLineAsync(over.Token) == PictureProcess.Ready;
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                return false;
            }
        }

        /// <exception cref="IOException">It has crashed.</exception>
        /// <exception cref="OperationCanceledException">It takes too long.</exception>
        public async Task<Picture?> MakeAsync(PictureRequest request, TimeSpan timeout)
        {
            Count++;
            using var over = new CancellationTokenSource(timeout);
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request, PictureJson.Default.PictureRequest));
            await _process.StandardInput.FlushAsync(over.Token);
            var line = await _process.StandardOutput.ReadLineAsync(over.Token) ?? throw new EndOfStreamException();
            return JsonSerializer.Deserialize(line, PictureJson.Default.PictureAnswer)!.Picture;
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

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A picture could not be made: its process crashed, or was ended, after {Seconds} s")]
        public static partial void Failed(ILogger log, double seconds);
    }
}
