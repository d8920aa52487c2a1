using Maru.Server.Cluster;
using Maru.Server.Storage.Postgres;

namespace Maru.Server.Bus;

/// <summary>Hears what other nodes tell, on a connection of its own, and passes it on in order. Lost, it listens again within seconds. One loop.</summary>
internal sealed partial class NewsListener(PostgresDatabase database, ThisNode node, IEnumerable<INewsReader> readers, TimeProvider time, ILogger<NewsListener> log)
    : BackgroundService
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(500);

    private bool _isLost;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    await database.ListenAsync(Listening, payload => HearAsync(payload, stoppingToken), stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    if (!_isLost) Log.Lost(log, e);
                    _isLost = true;
                }

                await Task.Delay(Again, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server goes down
        }
    }

    private void Listening()
    {
        if (_isLost) Log.Listens(log);
        _isLost = false;
    }

    private async Task HearAsync(string payload, CancellationToken ct)
    {
        if (Fact.Read(payload) is not { } fact)
        {
            Log.Unreadable(log, payload.Length);
            return;
        }

        if (fact.Node == node.Id) return;
        foreach (var reader in readers)
        {
            try
            {
                await reader.HearAsync(fact, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                Log.Failed(log, fact.Type, e);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Other nodes are not heard: the store is away")]
        public static partial void Lost(ILogger log, Exception e);

        [LoggerMessage(LogLevel.Information, "Other nodes are heard again")]
        public static partial void Listens(ILogger log);

        [LoggerMessage(LogLevel.Warning, "{Length} characters of news cannot be read: does another program notify this channel?")]
        public static partial void Unreadable(ILogger log, int length);

        [LoggerMessage(LogLevel.Warning, "{Type} of another node could not be followed")]
        public static partial void Failed(ILogger log, string type, Exception e);
    }
}
