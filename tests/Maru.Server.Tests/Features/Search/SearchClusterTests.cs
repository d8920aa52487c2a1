using Maru.Server.Features.Search;
using Maru.Server.Followers;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Maru.Server.Tests.Features.Search;

/// <summary>The index of several nodes: one of them writes at a time.</summary>
[Trait("Store", "postgres")]
public sealed class SearchClusterTests
{
    private static readonly FollowerOptions Brief = new() { Lease = TimeSpan.FromSeconds(2) };

    [Fact]
    public async Task A_node_that_stood_still_for_longer_than_its_lease_writes_no_old_state_over_a_newer_one()
    {
        await using var cluster = await ClusterRig.StartAsync(nodes: 0, redis: 0, settings: Searching.On);
        var (leases, index) = (new HeldDatabase(), new HeldDatabase());
        var node = await cluster.AddNodeAsync(services =>
        {
            services.AddSingleton(Brief);
            leases.Use<FollowerStore>(services);
            index.Use<PostgresSearchIndex>(services);
            services.Replace(ServiceDescriptor.Singleton<ISearchIndex>(x => x.GetRequiredService<PostgresSearchIndex>()));
        });
        var ann = await node.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await ann.SayAsync(room, "before");
        await node.IndexedAsync();

        // It has read the message, and neither writes it nor renews its lease.
        var write = index.HoldWrites(1);
        var said = await ann.SayAsync(room, "beacon");
        HeldDatabase.Hold? renewal = null;
        try
        {
            await write.Arrived;
            renewal = leases.HoldWrites(int.MaxValue);
            var other = await cluster.AddNodeAsync(services => services.AddSingleton(Brief));
            await cluster.At(1, ann).ReviseAsync(room, said.Seq, "mooring");
            await other.IndexedAsync();
            var right = await IndexDump.ReadAsync(cluster.Database);
            right.ShouldContain(message => message.Contains("mooring"));

            write.Release();
            // Goes in behind what it held back.
            var ends = new IndexedPage(room.Id, 0, 0, [], Lease: "nobody's");
            await Should.ThrowAsync<InvalidOperationException>(
                node.Service<ISearchIndex>().PutAsync(ends, TestContext.Current.CancellationToken));
            (await IndexDump.ReadAsync(cluster.Database)).ShouldBe(right);
        }
        finally
        {
            // Whatever failed: a node whose writes are held does not end.
            write.Release();
            renewal?.Release();
        }
    }
}
