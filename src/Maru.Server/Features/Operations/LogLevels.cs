using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Maru.Server.Features.Operations;

/// <summary>
/// One level of the log that differs from the settings, for a while: then it goes back by itself. A rule of the settings for a longer name
/// stays. Any thread. It has no log of its own: the log is made with it.
/// </summary>
internal sealed class LogLevels(TimeProvider time)
    : IPostConfigureOptions<LoggerFilterOptions>, IOptionsChangeTokenSource<LoggerFilterOptions>, IDisposable
{
    public static readonly TimeSpan MaxTime = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private CancellationTokenSource _changed = new();
    private LogLevelSetting? _setting;
    private ITimer? _end;

    public string Name => Options.DefaultName;

    /// <summary>What is set now; null: what the settings say.</summary>
    public LogLevelSetting? Current
    {
        get
        {
            lock (_gate) return _setting;
        }
    }

    /// <summary>Sets the level, in place of one that was set before; what is over already sets none.</summary>
    public void Set(LogLevelSetting setting)
    {
        var left = setting.Until - time.GetUtcNow();
        if (left > MaxTime) (left, setting) = (MaxTime, setting with { Until = time.GetUtcNow() + MaxTime });
        lock (_gate)
        {
            _end?.Dispose();
            _setting = left > TimeSpan.Zero ? setting : null;
            _end = _setting is null ? null : time.CreateTimer(_ => End(setting), null, left, Timeout.InfiniteTimeSpan);
        }

        Change();
    }

    public IChangeToken GetChangeToken()
    {
        lock (_gate) return new CancellationChangeToken(_changed.Token);
    }

    public void PostConfigure(string? name, LoggerFilterOptions options)
    {
        if (Current is not { } setting || !Enum.TryParse<LogLevel>(setting.Level, ignoreCase: true, out var level)) return;
        // A rule for one provider counts more than one for all.
        string?[] providers = [null, .. options.Rules.Select(rule => rule.ProviderName).OfType<string>().Distinct()];
        foreach (var provider in providers.Where(provider => provider != typeof(ErrorBook).FullName))
            options.Rules.Add(new LoggerFilterRule(provider, setting.Category, level, null));
    }

    public void Dispose()
    {
        lock (_gate) _end?.Dispose();
        _changed.Dispose();
    }

    private void End(LogLevelSetting setting)
    {
        lock (_gate)
        {
            if (_setting != setting) return;
            _setting = null;
        }

        Change();
    }

    private void Change()
    {
        CancellationTokenSource before;
        lock (_gate) (before, _changed) = (_changed, new CancellationTokenSource());
        before.Cancel();
        before.Dispose();
    }
}
