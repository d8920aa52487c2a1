using Maru.Engine.Output;

namespace Maru.Engine.Connections;

/// <summary>
/// One timer for all connections: advances the coarse clock and looks after heart-beats and time-outs, so that no connection needs a timer.
/// </summary>
internal sealed class Sweeper : IDisposable
{
    private readonly ITimer _timer;

    public Sweeper(ConnectionTable connections, Gcra[] rates, EngineClock clock, EngineLog log, TimeProvider time) =>
        _timer = time.CreateTimer(_ => Sweep(connections, rates, clock, log), null, EngineOptions.SweepEvery, EngineOptions.SweepEvery);

    public void Dispose() => _timer.Dispose();

    private static void Sweep(ConnectionTable connections, Gcra[] rates, EngineClock clock, EngineLog log)
    {
        clock.Advance();
        try
        {
            connections.Sweep();
            foreach (var rate in rates) rate.Sweep();
            var flush = new FlushList();
            foreach (var connection in connections.All()) Look(connection, clock.Now, flush, log);
            flush.Flush();
        }
        catch (Exception e)
        {
            log.SweepFailed(e);
        }
    }

    private static void Look(Connection connection, long now, FlushList flush, EngineLog log)
    {
        try
        {
            connection.Tick(now, flush);
        }
        catch (Exception e)
        {
            log.SweepFailed(e);
        }
    }
}
