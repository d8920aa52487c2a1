namespace Maru.Engine.Output;

/// <summary>
/// The outboxes to be flushed, each once. One thread adds them during a round of work and flushes at its end, so that all that a round adds
/// goes out in one write.
/// </summary>
public sealed class FlushList : IDisposable
{
    private readonly List<Outbox> _outboxes = [];

    internal void Add(Outbox outbox) => _outboxes.Add(outbox);

    /// <summary>
    /// Writes everything and empties the list. Aborts an outbox whose sink throws, which no sink should; throws that at the end.
    /// </summary>
    /// <exception cref="AggregateException">the exception of the first of those sinks</exception>
    public void Flush()
    {
        Exception? failure = null;
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
                failure ??= e;
            }
        }

        _outboxes.Clear();
        if (failure is not null) throw new AggregateException(failure);
    }

    /// <summary>Flushes at the end of a block outside of a round: <c>using var flush = new FlushList();</c></summary>
    public void Dispose() => Flush();
}
