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
        await using var nodes = await TwoNodes.StartAsync();
        (await NodesAsync(nodes.First)).ShouldBe([Id(nodes.First), Id(nodes.Second)], ignoreOrder: true);
        await using (var third = await nodes.First.JoinAsync()) (await NodesAsync(nodes.First)).ShouldContain(Id(third));
        (await NodesAsync(nodes.First)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_lease_is_renewed_and_comes_back_when_it_was_lost()
    {
        await using var nodes = await TwoNodes.StartAsync();
        var store = nodes.First.Service<Database>();
        await store.WriteAsync((transaction, ct) => transaction.ExecuteAsync("DELETE FROM nodes", null, ct), Ct);
        await Deadline.Until(async () => (await NodesAsync(nodes.First)).Count == 2, "the leases");
    }

    [Fact]
    public async Task A_node_with_another_key_does_not_start_until_the_others_are_gone()
    {
        await using var first = await MaruServer.StartAsync($"--Maru:Database={await (await PostgresServer.Shared).MakeDatabaseAsync()}");
        using var folder = new Folder();
        var refusal = await Should.ThrowAsync<StartException>(() => first.JoinAsync($"--Maru:Data={folder.Path}"));
        refusal.Message.ShouldContain("another key");
        refusal.Message.ShouldNotContain("\n");
        (await Should.ThrowAsync<StartException>(() => first.JoinAsync("--Maru:Jwt:Algorithm=ES256"))).Message.ShouldContain("another key");

        // As if it had died longer than a lease ago.
        MaruServer? next = null;
        for (var tries = 0; next is null; tries++)
        {
            await first.Service<Database>()
                .WriteAsync((transaction, ct) => transaction.ExecuteAsync("UPDATE nodes SET lease_until = 0", null, ct), Ct);
            try
            {
                next = await first.JoinAsync($"--Maru:Data={folder.Path}");
            }
            catch (StartException) when (tries < 5)
            {
                // It lives, and has just renewed its lease.
            }
        }

        await next.DisposeAsync();
    }

    private static string Id(MaruServer server) => server.Service<ThisNode>().Id.ToString();

    private static Task<IReadOnlyList<string>> NodesAsync(MaruServer server) =>
        server.Service<Database>().ListAsync<string>("SELECT id FROM nodes", null, Ct);
}
