using Maru.Server.Features.Operations;
using Maru.Server.Tests.Features.Operations;

namespace Maru.Server.Tests.Cluster;

/// <summary>Any node answers for all of them, and passes on what an admin wants of another.</summary>
[Trait("Store", "postgres")]
public sealed class OperationsTests
{
    [Fact]
    public async Task A_node_shows_and_steers_another()
    {
        await using var cluster = await ClusterRig.StartAsync(
            redis: 0, settings: ["--Maru:Metrics:Enabled=true", "--Maru:Engine:DrainDelay=00:00:00"]);
        var (admin, other) = (await cluster[0].SignUpAdminAsync(), cluster[1].NodeId());
        (await admin.NodesAsync()).Select(node => (node.Id, node.Asked))
            .ShouldBe([($"{cluster[0].NodeId()}", true), ($"{other}", false)], ignoreOrder: true);
        await Deadline.Until(async () => (await admin.PointsAsync(other)).Count > 0, "points of the other node");
        await Deadline.Until(
            async () => (await admin.Http.SendAsync($"GET /api/admin/nodes/{other}/queries").Read<SlowQueries>()).ByTotal.Count > 0,
            "queries of the other node");

        await admin.Http.SendAsync(
            $"PUT /api/admin/nodes/{other}/log-level", new { category = "Maru.Server.Bus", level = "debug", minutes = 5 }).ShouldBe(204);
        await Deadline.Until(async () => (await OtherAsync()).LogLevel is not null, "the level of the other node");
        cluster[1].Service<LogLevels>().Current.ShouldNotBeNull().Level.ShouldBe("debug");

        await admin.Http.SendAsync($"POST /api/admin/nodes/{other}/drain").ShouldBe(204);
        await Deadline.Until(async () => (await OtherAsync()).Draining, "the drain of the other node");
        await cluster[1].Http.SendAsync("GET /health/ready").ShouldBe(503);
        await cluster[0].Http.SendAsync("GET /health/ready").ShouldBe(200);

        async Task<NodeStatus> OtherAsync() => (await admin.NodesAsync()).Single(node => node.Id == other.ToString());
    }
}
