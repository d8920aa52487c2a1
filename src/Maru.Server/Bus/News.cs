using System.Threading.Channels;
using Maru.Server.Cluster;
using Maru.Server.Storage;
using Maru.Server.Storage.Postgres;

namespace Maru.Server.Bus;

/// <summary>
/// Tells the other nodes, after the commit and beside the request; at most 10,000 facts wait for the store, what comes beyond them is dropped. Nothing that must hold
/// depends on it alone. On a store of this node's own it does nothing. Any thread.
/// </summary>
internal sealed partial class News(Database database, ThisNode node, ILogger<News> log) : BackgroundService
{
    private const int MaxWaiting = 10_000;
    private const int IdsPerFact = 300;     // PostgreSQL takes payloads below 8,000 bytes
    private const int FactsAtOnce = 100;

    private readonly PostgresDatabase? _shared = database as PostgresDatabase;
    private readonly Channel<string> _waiting = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private long _number;

    public void Tell(Fact fact)
    {
        if (_shared is null) return;
        foreach (var users in fact.Users.Chunk(IdsPerFact))
        {
            if (fact.Sessions.Count == 0) Add(fact with { Users = users });
            foreach (var sessions in fact.Sessions.Chunk(IdsPerFact)) Add(fact with { Users = users, Sessions = sessions });
        }
    }

    /// <summary>What waits is told before the end.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();
        if (ExecuteTask is { } telling) await telling.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_shared is null) return;
        List<string> facts = [];
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (facts.Count < FactsAtOnce && _waiting.Reader.TryRead(out var fact)) facts.Add(fact);
            try
            {
                await _shared.NotifyAsync([.. facts], stoppingToken);
            }
            catch (Exception e)
            {
                Log.Untold(log, facts.Count, e);
            }

            facts.Clear();
        }
    }

    private void Add(Fact fact)
    {
        if (!_waiting.Writer.TryWrite((fact with { Node = node.Id, Number = Interlocked.Increment(ref _number) }).ToJson())) Log.Dropped(log, fact.Type);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Count} facts could not be told to the other nodes")]
        public static partial void Untold(ILogger log, int count, Exception e);

        [LoggerMessage(LogLevel.Warning, "Too much waits to be told to the other nodes: {Type} was dropped")]
        public static partial void Dropped(ILogger log, string type);
    }
}
