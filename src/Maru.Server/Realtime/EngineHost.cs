using Maru.Engine;
using Maru.Server.Features.Accounts;

namespace Maru.Server.Realtime;

/// <summary>
/// Starts the engine with the program and stops it first: at the first sign of the end everything queued is committed, delivered and answered,
/// and clients are told to come back, before the web server waits for their connections. Ends the connections of sessions that end.
/// </summary>
internal sealed class EngineHost(ChatEngine engine, AccountEvents events, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        engine.Start();
        lifetime.ApplicationStopping.Register(engine.Stop);
        events.SessionsEnded += (user, sessions, reason) =>
        {
            foreach (var session in sessions) engine.UserEvents.EndSession(user, session, reason);
        };
        events.ProfileChanged += _ => engine.NamesChanged();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
