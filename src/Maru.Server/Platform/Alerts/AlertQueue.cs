using Maru.Server.Platform.Logging;

namespace Maru.Server.Platform.Alerts;

/// <summary>
/// Errors that people are to be told of, grouped by kind. Bounded in kinds: an error of one more is not told. Any thread.
/// </summary>
/// <param name="every">of one kind, the time from one message to the next</param>
internal sealed class AlertQueue(TimeSpan every, TimeProvider time)
{
    public const int MostKinds = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<ErrorKind, Group> _groups = [];

    /// <summary>Adds an error; false: there are too many kinds.</summary>
    public bool TryAdd(Alert alert)
    {
        lock (_gate)
        {
            if (!_groups.TryGetValue(alert.Kind, out var group))
            {
                if (_groups.Count >= MostKinds) ForgetQuiet();
                if (_groups.Count >= MostKinds) return false;
                _groups.Add(alert.Kind, group = new Group());
            }

            group.Waiting = group.Waiting?.With(alert) ?? alert;
            return true;
        }
    }

    /// <summary>Takes the errors of the kind that has waited for longest; null: there are none, or none may be told yet.</summary>
    /// <param name="early">true: also those that should wait</param>
    public Alert? Take(bool early = false)
    {
        lock (_gate)
        {
            var group = _groups.Values.Where(x => x.Waiting is not null && (early || IsRested(x))).MinBy(x => x.Waiting?.First);
            if (group?.Waiting is not { } alert) return null;
            (group.Waiting, group.ToldAt) = (null, time.GetTimestamp());
            return alert;
        }
    }

    /// <summary>Takes errors back that could not be told: they are the next.</summary>
    public void GiveBack(Alert alert)
    {
        lock (_gate)
        {
            if (!_groups.TryGetValue(alert.Kind, out var group)) _groups.Add(alert.Kind, group = new Group());
            group.Waiting = group.Waiting is { } later ? alert.With(later) : alert;
            group.ToldAt = null;
        }
    }

    /// <summary>Removes all that waits; returns how many errors that were.</summary>
    public long Clear()
    {
        lock (_gate)
        {
            var errors = _groups.Values.Sum(x => x.Waiting?.Count ?? 0);
            _groups.Clear();
            return errors;
        }
    }

    private bool IsRested(Group group) => group.ToldAt is not { } at || time.GetElapsedTime(at) >= every;

    private void ForgetQuiet()
    {
        foreach (var (kind, _) in _groups.Where(x => x.Value.Waiting is null && IsRested(x.Value)).ToArray()) _groups.Remove(kind);
    }

    private sealed class Group
    {
        public Alert? Waiting { get; set; }

        public long? ToldAt { get; set; }
    }
}
