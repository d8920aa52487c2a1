using Maru.Engine.Output;

namespace Maru.Engine.Connections;

/// <summary>
/// One timer for all connections: advances the coarse clock and looks after heart-beats and time-outs, so that no connection needs a timer.
/// </summary>
internal sealed class Sweeper : IDisposable
{
    private readonly ITimer _timer;

    public Sweeper(ConnectionTable connections, Gcra messages, EngineClock clock, EngineLog log, TimeProvider time) =>
        _timer = time.CreateTimer(_ => Sweep(connections, messages, clock, log), null, EngineOptions.SweepEvery, EngineOptions.SweepEvery);

    public void Dispose() => _timer.Dispose();

    private static void Sweep(ConnectionTable connections, Gcra messages, EngineClock clock, EngineLog log)
    {
        clock.Advance();
        connections.Sweep();
        messages.Sweep();
        var flush = new FlushList();
        foreach (var connection in connections.All())
        {
            try
            {
                connection.Tick(clock.Now, flush);
            }
            catch (Exception e)
            {
                log.SweepFailed(e);
            }
        }

        try
        {
            flush.Flush();
        }
        catch (AggregateException e)
        {
            log.FlushFailed(e);
        }
    }
}
