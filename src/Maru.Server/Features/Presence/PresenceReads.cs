using System.Threading.Channels;
using Maru.Engine;
using Maru.Server.Features.Accounts;

namespace Maru.Server.Features.Presence;

/// <summary>
/// Reads for the engine what it must know of people: whether those who came show their presence, many in one query, and whom those who
/// watch may see, one watch after the other. Who comes waits for one watch at most. Tries again until the store responds. One loop.
/// </summary>
internal sealed partial class PresenceReads(
    ChatEngine engine, AccountEvents accounts, PresenceStore store, TimeProvider time, ILogger<PresenceReads> log) : BackgroundService
{
    private const int MostAtOnce = 1000;

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private bool _failed;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        engine.Presence.Sight = store.SeeAsync;
        engine.Presence.Wanted += () => _wake.Writer.TryWrite(true);
        accounts.PresenceChanged += engine.Presence.Show;
        accounts.LastSeenChanged += engine.Presence.ShowLastSeen;
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

    private async Task<bool> TryReadAsync(CancellationToken ct)
    {
        UserId[] users = [];
        try
        {
            do
            {
                while ((users = engine.Presence.TakeUnread(MostAtOnce)).Length > 0)
                    engine.Presence.TakeRead(users, await store.HiddenAsync(users, ct));
            }
            while (await engine.Presence.CheckAsync(ct));

            _failed = false;
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            engine.Presence.GiveBack(users);
            if (!_failed) Log.Failed(log, e.Message);
            _failed = true;
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Whom people may see as present could not be read, and will be read again: {Reason}")]
        public static partial void Failed(ILogger log, string reason);
    }
}
