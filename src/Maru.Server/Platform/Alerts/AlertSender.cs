using Maru.Server.Storage;

namespace Maru.Server.Platform.Alerts;

/// <summary>
/// Tells people of errors: one message a second at most, and no more in an hour than is set. While Slack does not take messages it is
/// asked ever less often, or when it says; the log has that once, and what waits is counted on.
/// </summary>
internal sealed partial class AlertSender : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestWish = TimeSpan.FromHours(1);

    private readonly AlertOptions _options;
    private readonly AlertQueue _queue;
    private readonly AlertMetrics _metrics;
    private readonly SlackMessages _messages;
    private readonly SlackHook _hook;
    private readonly TimeProvider _time;
    private readonly Func<ILogger> _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Queue<long> _sent = [];    // the times of the last hour
    private readonly Task _running;
    private TimeSpan _pause;                    // after a failure
    private long _pausedAt;
    private bool _hasFailed;

    /// <param name="log">asked for when there is something to say: loggers are made after this</param>
    public AlertSender(
        AlertOptions options, AlertQueue queue, AlertMetrics metrics, SlackMessages messages, TimeProvider time, Func<ILogger> log)
    {
        (_options, _queue, _metrics, _messages, _time, _log) = (options, queue, metrics, messages, time, log);
        _hook = new SlackHook(options, time);
        _running = Task.Run(RunAsync);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _hook.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync();
        await _running;
        using var over = new CancellationTokenSource(LastWords);
        while (!over.IsCancellationRequested && _queue.Take(early: true) is { } alert && await TellAsync(alert, over.Token))
        {
        }

        if (_queue.Clear() is > 0 and var left) _metrics.Dropped.Add(left);
        _hook.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Pace, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                if (MaySend() && _queue.Take() is { } alert) await TryTellAsync(alert);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // the server ends
        }
    }

    private bool MaySend()
    {
        while (_sent.TryPeek(out var first) && _time.GetElapsedTime(first) >= Hour) _sent.Dequeue();
        return _sent.Count < _options.PerHour && (_pause == TimeSpan.Zero || _time.GetElapsedTime(_pausedAt) >= _pause);
    }

    private async Task TryTellAsync(Alert alert)
    {
        try
        {
            await TellAsync(alert, _stopping.Token);
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            // Nobody foresaw it: these errors would fail again and keep the others waiting.
            _metrics.Dropped.Add(alert.Count);
            Wait(null);
            Log.Unforeseen(_log(), e);
        }
    }

    /// <summary>Returns false where Slack did not take the message.</summary>
    private async Task<bool> TellAsync(Alert alert, CancellationToken ct)
    {
        var answer = await _hook.PostAsync(_messages.Of(alert), ct);
        await EventLoop.LeaveAsync();
        if (answer.IsTaken)
        {
            _sent.Enqueue(_time.GetTimestamp());
            _metrics.Sent.Add(1);
            (_pause, _hasFailed) = (TimeSpan.Zero, false);
            return true;
        }

        if (answer.IsRefused) _metrics.Dropped.Add(alert.Count);
        else _queue.GiveBack(alert);
        if (_stopping.IsCancellationRequested) return false;    // there is no log any more
        Wait(answer.Wait);
        if (!_hasFailed) Log.Failed(_log(), answer.Reason);
        _hasFailed = true;
        return false;
    }

    /// <summary>Waits for as long as Slack wishes, or else twice as long as the last time.</summary>
    private void Wait(TimeSpan? wish)
    {
        var wait = wish ?? (_pause == TimeSpan.Zero ? Pace : 2 * _pause);
        var longest = wish is null ? LongestPause : LongestWish;
        (_pause, _pausedAt) = (wait < longest ? wait : longest, _time.GetTimestamp());
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Nobody could be told of some errors. The next ones are told after a pause")]
        public static partial void Unforeseen(ILogger log, Exception e);

        [LoggerMessage(
            LogLevel.Warning,
            "Slack takes no messages about errors ({Reason}). It is asked again; this is not said again before it has taken one. "
                + "See Maru:Alerts:Slack")]
        public static partial void Failed(ILogger log, string reason);
    }
}
