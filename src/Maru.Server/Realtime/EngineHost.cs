using Maru.Engine;
using Maru.Engine.Bus;
using Maru.Engine.Log;
using Maru.Server.Bus;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Limits;

namespace Maru.Server.Realtime;

/// <summary>
/// Starts the engine with the program and stops it first: at the first sign of the end everything queued is committed, delivered and answered, and clients are told to
/// come back, before the web server waits for their connections. Brings what happens to accounts to their connections.
/// </summary>
internal sealed class EngineHost(ChatEngine engine, IBackplane backplane, SharedLimits limits, AccountEvents events, AccountStore accounts, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        (backplane as RedisBackplane)?.Attach(engine);
        limits.Connect(backplane);
        engine.Start();
        lifetime.ApplicationStopping.Register(engine.Stop);
        events.SessionsEnded += (user, sessions, reason) =>
        {
            foreach (var session in sessions) engine.Connections.EndSession(user, session, reason);
        };
        events.ProfileChanged += user => _ = ReadProfileAsync(user);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task ReadProfileAsync(UserId user)
    {
        if (!engine.Connections.IsOnline(user)) return;
        if (await accounts.FindAsync(user, CancellationToken.None) is { } account)
            engine.Connections.ChangeProfile(user, MessageJson.User(user, account.Handle, account.Name, account.AvatarUrl));
    }
}
