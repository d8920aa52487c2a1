using Maru.Engine;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Sessions;

namespace Maru.Server.Realtime;

/// <summary>
/// Starts the engine with the program and stops it before all else: everything queued is committed, delivered and acknowledged, and clients
/// are told to come back, before the web server waits for their connections. Ends the connections of sessions that end.
/// </summary>
internal sealed class EngineHost(
    ChatEngine engine, SessionEvents sessions, ForeignEnds foreign, AccountEvents accounts, IHostApplicationLifetime lifetime)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        engine.Start();
        lifetime.ApplicationStopping.Register(engine.Stop);
        sessions.SessionsEnded += (user, ended, reason) =>
        {
            foreach (var session in ended) engine.UserEvents.EndSession(user, session, reason);
        };
        // Of such a token the session says when it was issued, below zero.
        foreign.TokensEnded += (user, last, reason) =>
            engine.UserEvents.EndSessions(user, session => session < 0 && -session <= last, reason);
        accounts.ProfileChanged += _ => engine.NamesChanged();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
