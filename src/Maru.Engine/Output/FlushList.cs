namespace Maru.Engine.Output;

/// <summary>
/// Outboxes that owe a flush, each once. One thread fills it during a round of work and flushes at its end, so that what a round adds goes
/// out in one write.
/// </summary>
public sealed class FlushList : IDisposable
{
    private readonly List<Outbox> _outboxes = [];

    internal void Add(Outbox outbox) => _outboxes.Add(outbox);

    /// <summary>
    /// Writes everything and empties the list. An outbox whose sink fails as none should is cut off; the failure is thrown at the end.
    /// </summary>
    /// <exception cref="AggregateException">what no sink should throw</exception>
    public void Flush()
    {
        List<Exception>? failures = null;
        // A flush may wake subscriptions but never adds here: those go through their lane.
        foreach (var outbox in _outboxes)
        {
            try
            {
                outbox.Flush();
            }
            catch (Exception e)
            {
                outbox.Abort();
                (failures ??= []).Add(e);
            }
        }

        _outboxes.Clear();
        if (failures is not null) throw new AggregateException(failures);
    }

    /// <summary>For what is added outside of a round: <c>using var flush = new FlushList();</c></summary>
    public void Dispose() => Flush();
}
