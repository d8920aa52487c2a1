using System.Data.Common;
using Maru.Server.Configuration;
using Maru.Server.Platform;
using Maru.Server.Platform.Tokens;
using Maru.Server.Storage;

namespace Maru.Server.Cluster;

/// <summary>
/// The nodes that run on the store: each renews its row's lease, by the store's clock; a node that died is gone when its lease has expired.
/// All must sign with the same key, since any node may get a token that another one signed.
/// </summary>
internal sealed partial class NodeRegistry(
    Database database, Migrator migrator, ThisNode node, SigningKey key, TimeProvider time, ILogger<NodeRegistry> log) : BackgroundService
{
    private const int LeaseMilliseconds = 10_000;

    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(3);

    /// <exception cref="StartException">Another node signs with another key.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var others = await database.WriteAsync(
            async (transaction, ct) =>
            {
                await database.LockSchemaAsync(transaction, ct);    // of two that start together, one sees the other
                await transaction.ExecuteAsync($"DELETE FROM nodes WHERE lease_until < {database.Clock}", null, ct);
                var nodes = await transaction.ListAsync<Row>("SELECT name, version, key_id FROM nodes ORDER BY started_at", null, ct);
                if (nodes.FirstOrDefault(x => x.KeyId != key.Id) is { } stranger)
                {
                    throw new StartException(
                        $"The node {stranger.Name} on the same store signs tokens with another key. "
                        + "Give all nodes the same keys folder in Maru:Data (a copy will do).");
                }

                await RenewAsync(transaction, ct);
                return nodes;
            },
            cancellationToken);
        Log.Joined(log, node.Name, string.Join(' ', others.Select(x => $"{x.Name}({x.Version})")));
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(ct => database.WriteAsync(LeaveAsync, ct), cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RenewEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryAsync(ct => database.WriteAsync(RenewAsync, ct), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server goes down
        }
    }

    private Task RenewAsync(DbTransaction transaction, CancellationToken ct) => transaction.ExecuteAsync(
        $"""
        INSERT INTO nodes (id, name, version, schema_known, key_id, started_at, lease_until)
        VALUES (@Id, @Name, @Version, @Known, @KeyId, {database.Clock}, {database.Clock} + {LeaseMilliseconds})
        ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until
        """,
        new { Id = node.Id.ToString(), node.Name, Product.Version, migrator.Known, KeyId = key.Id },
        ct);

    private Task LeaveAsync(DbTransaction transaction, CancellationToken ct) =>
        transaction.ExecuteAsync("DELETE FROM nodes WHERE id = @Id", new { Id = node.Id.ToString() }, ct);

    private async Task TryAsync(Func<CancellationToken, Task> write, CancellationToken ct)
    {
        try
        {
            await write(ct);
        }
        catch (Exception e)
        {
            Log.Failed(log, e.Message);     // the store is away, and what needs it reports that itself; or the time to stop is up
        }
    }

    private sealed record Row(string Name, string Version, string KeyId);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "This node is {Name}; with it on the store: {Others}")]
        public static partial void Joined(ILogger log, string name, string others);

        [LoggerMessage(LogLevel.Debug, "The node's lease was not written: {Reason}")]
        public static partial void Failed(ILogger log, string reason);
    }
}
