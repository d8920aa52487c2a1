using Maru.Server.Cluster;
using Maru.Server.Configuration;
using Maru.Server.Storage;

namespace Maru.Server.Tests.Cluster;

[Trait("Store", "postgres")]
public sealed class NodeRegistryTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_are_known_while_they_run()
    {
        await using var cluster = await ClusterRig.StartAsync(redis: 0);
        (await NodesAsync(cluster[0])).ShouldBe([Id(cluster[0]), Id(cluster[1])], ignoreOrder: true);
        var third = await cluster.AddNodeAsync();
        (await NodesAsync(cluster[0])).ShouldContain(Id(third));
        await cluster.EndLastAsync();
        (await NodesAsync(cluster[0])).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_lease_is_renewed_and_comes_back_when_it_was_lost()
    {
        await using var cluster = await ClusterRig.StartAsync(redis: 0);
        var store = cluster[0].Service<Database>();
        await store.WriteAsync((transaction, ct) => transaction.ExecuteAsync("DELETE FROM nodes", null, ct), Ct);
        await Deadline.Until(async () => (await NodesAsync(cluster[0])).Count == 2, "the leases");
    }

    [Fact]
    public async Task A_node_with_another_key_does_not_start_until_the_others_are_gone()
    {
        await using var cluster = await ClusterRig.StartAsync(nodes: 1, redis: 0);
        using var folder = new Folder();
        var refusal = await Should.ThrowAsync<StartException>(() => cluster.AddNodeAsync($"--Maru:Data={folder.Path}"));
        refusal.Message.ShouldContain("another key");
        refusal.Message.ShouldNotContain("\n");
        refusal = await Should.ThrowAsync<StartException>(() => cluster.AddNodeAsync("--Maru:Jwt:Algorithm=ES256"));
        refusal.Message.ShouldContain("another key");

        // As if it had died longer than a lease ago.
        MaruServer? next = null;
        for (var tries = 0; next is null; tries++)
        {
            await cluster[0].Service<Database>()
                .WriteAsync((transaction, ct) => transaction.ExecuteAsync("UPDATE nodes SET lease_until = 0", null, ct), Ct);
            try
            {
                next = await cluster.AddNodeAsync($"--Maru:Data={folder.Path}");
            }
            catch (StartException) when (tries < 5)
            {
                // It lives, and has just renewed its lease.
            }
        }
    }

    private static string Id(MaruServer server) => server.Service<ThisNode>().Id.ToString();

    private static Task<IReadOnlyList<string>> NodesAsync(MaruServer server) =>
        server.Service<Database>().ListAsync<string>("SELECT id FROM nodes", null, Ct);
}
