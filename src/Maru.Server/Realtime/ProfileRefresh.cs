using System.Threading.Channels;
using Maru.Engine;
using Maru.Server.Features.Accounts;

namespace Maru.Server.Realtime;

/// <summary>
/// Gives connections the changed profiles of their users: reads them from the store, all that have changed meanwhile in one query, and
/// tries again until the store responds. Each user waits once. One loop.
/// </summary>
internal sealed partial class ProfileRefresh(
    ChatEngine engine, AccountEvents events, AccountStore accounts, TimeProvider time, ILogger<ProfileRefresh> log)
    : BackgroundService
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly HashSet<UserId> _changed = [];     // its own lock
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        events.ProfileChanged += Add;
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var _ in _wake.Reader.ReadAllAsync(stoppingToken))
            {
                while (!await TryReadAsync(stoppingToken)) await Task.Delay(Again, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server goes down
        }
    }

    private void Add(UserId user)
    {
        if (!engine.Connections.IsOnline(user)) return;
        lock (_changed) _changed.Add(user);
        _wake.Writer.TryWrite(true);
    }

    private async Task<bool> TryReadAsync(CancellationToken ct)
    {
        UserId[] changed;
        lock (_changed)
        {
            changed = [.. _changed];
            _changed.Clear();
        }

        try
        {
            foreach (var user in await accounts.ListAsync(changed, ct))
                engine.Connections.ChangeProfile(new UserId(user.Id), user.ToJson());
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Log.Failed(log, e.Message);
            lock (_changed) _changed.UnionWith(changed);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Changed profiles could not be read, and will be read again: {Reason}")]
        public static partial void Failed(ILogger log, string reason);
    }
}
