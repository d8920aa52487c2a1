using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics.Metrics;
using System.Text.Json;

namespace Maru.Server.Features.Files.Pictures;

/// <summary>
/// Has pictures made by processes of their own: one at a time each, in turn. A process that crashes, is ended or takes too long is gone,
/// and the next picture gets a new one. Any thread.
/// </summary>
/// <remarks>
/// Whose fault that was decides whether a picture is refused for good. A process that crashed by itself is followed by a new one with
/// nothing but this picture: if that crashes as well, it is the picture. One that was killed (SIGKILL, SIGTERM) says nothing about its
/// picture, and nor does one whose time was over while it hardly computed: it was stopped, or the machine was busy.
/// </remarks>
internal sealed partial class PictureMaker : IDisposable
{
    /// <summary>Pictures after which a process makes way for a new one, whatever it may have kept.</summary>
    private const int PicturesEach = 500;

    private const int Tries = 2;

    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(1);

    private readonly ConcurrentBag<PictureWorker> _idle = [];
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

    /// <summary>True when as many wait as may: one more would be refused, or the next but one.</summary>
    public bool IsFull => Volatile.Read(ref _waiting) >= Most;

    private int Most => _options.Queue + _options.Workers;

    /// <summary>Makes the pictures of a file; null: it is none that we show, or they cannot be made now.</summary>
    /// <inheritdoc cref="TryMakeAsync"/>
    public async Task<Picture?> MakeAsync(string source, string folder, CancellationToken ct) =>
        (await TryMakeAsync(source, folder, ct)).Picture;

    /// <summary>Makes the pictures of a file, or says why not.</summary>
    /// <param name="source">path of the file</param>
    /// <param name="folder">where the pictures go; nothing else is left there</param>
    /// <param name="ct">ends the wait, and the work too, with its process</param>
    public async Task<(Picture? Picture, PictureOutcome Outcome)> TryMakeAsync(string source, string folder, CancellationToken ct)
    {
        if (Interlocked.Increment(ref _waiting) > Most)
        {
            Interlocked.Decrement(ref _waiting);
            return (null, PictureOutcome.Full);
        }

        try
        {
            await _turns.WaitAsync(ct);
            try
            {
                return await MakeInTurnAsync(new PictureRequest(source, folder, _options.Pixels), ct);
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

    private async Task<(Picture? Picture, PictureOutcome Outcome)> MakeInTurnAsync(PictureRequest request, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            if (await TakeAsync(isNew: tries > 1, ct) is not { } worker) return (null, PictureOutcome.Failed);
            var (picture, outcome) = await MakeAsync(worker, request, ct);
            if (outcome != PictureOutcome.Deadly && !worker.WasKilled) return (picture, outcome);
            if (tries == Tries) return (null, worker.WasKilled ? PictureOutcome.Failed : PictureOutcome.Deadly);
        }
    }

    private async Task<(Picture? Picture, PictureOutcome Outcome)> MakeAsync(
        PictureWorker worker, PictureRequest request, CancellationToken ct)
    {
        var begun = _time.GetTimestamp();
        try
        {
            var answer = await worker.MakeAsync(request, _options.Timeout, ct);
            _seconds.Record(_time.GetElapsedTime(begun).TotalSeconds);
            if (answer.Picture is not null) _made.Add(1);
            if (worker.Count < PicturesEach && !_isOver) _idle.Add(worker);
            else worker.Dispose();
            return (answer.Picture, answer switch
            {
                { Picture: not null } => PictureOutcome.Made,
                { HasFailed: true } => PictureOutcome.Failed,
                _ => PictureOutcome.None,
            });
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            worker.Dispose();
            throw;
        }
        catch (OperationCanceledException)
        {
            var computed = worker.Computed;
            worker.Dispose();
            Failed(begun);
            return (null, computed > _options.Timeout / 2 ? PictureOutcome.TooSlow : PictureOutcome.Failed);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            worker.SeeEnd();
            worker.Dispose();
            Failed(begun);
            return (null, PictureOutcome.Deadly);
        }
    }

    private void Failed(long begun)
    {
        _failed.Add(1);
        Log.Failed(_log, _time.GetElapsedTime(begun).TotalSeconds);
    }

    /// <summary>Returns a process that runs: one that waits, or a new one; null: none can be started.</summary>
    private async Task<PictureWorker?> TakeAsync(bool isNew, CancellationToken ct)
    {
        while (!isNew && _idle.TryTake(out var worker))
        {
            if (worker.IsRunning) return worker;
            worker.Dispose();
        }

        PictureWorker? fresh = null;
        try
        {
            fresh = new PictureWorker(_options.MemoryBytes);
            if (await fresh.IsReadyAsync(StartTime, ct)) return fresh;
        }
        catch (OperationCanceledException)
        {
            fresh?.Dispose();
            throw;
        }
        catch (Win32Exception)
        {
            // there is no program, or no room for one more process
        }

        fresh?.Dispose();
        Log.NotStarted(_log);
        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A picture could not be made: its process crashed, or was ended, after {Seconds} s")]
        public static partial void Failed(ILogger log, double seconds);

        [LoggerMessage(
            LogLevel.Error,
            "No process can be started that makes pictures. Does `maru pictures` run here, and is Maru:Files:Pictures:MemoryBytes enough?")]
        public static partial void NotStarted(ILogger log);
    }
}
