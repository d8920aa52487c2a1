using Maru.Load.Measuring;

namespace Maru.Load.Clients;

// Clients that read slowly: not watched by the poller, but read by the clock.
internal sealed partial class Loop
{
    private const int SlowTurnsPerSecond = 10;

    private bool IsThrottled(Client client) => client.IsSlow && client.State == ClientState.Ready && _current is not null && !_draining;

    private void WatchSlow(Client client)
    {
        if (client.IsSlow && client.Socket is not null) Watch(client, writable: !client.Out.IsEmpty);
    }

    private void ReadSlowly(long now)
    {
        _slowTurn = now + (Ticks.PerSecond / SlowTurnsPerSecond);
        if (_current is null) return;
        var budget = Math.Max(_scenario.SlowBytesPerSecond / SlowTurnsPerSecond, Math.Min(1, _scenario.SlowBytesPerSecond));
        foreach (var client in _slow)
        {
            if (client.State != ClientState.Ready) continue;
            if (_draining) WatchSlow(client);
            else if (budget > 0) Receive(client, budget);
        }
    }
}
