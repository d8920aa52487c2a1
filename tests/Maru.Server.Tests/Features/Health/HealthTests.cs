using Maru.Server.Features.Health;

namespace Maru.Server.Tests.Features.Health;

public sealed class HealthTests
{
    [Fact]
    public async Task A_running_server_is_live_and_ready()
    {
        await using var server = await MaruServer.StartAsync();
        (await server.Http.SendAsync("GET /health/live").Read<HealthReport>()).ShouldBe(new HealthReport("live", "0.1.0"));
        (await server.Http.SendAsync("GET /health/ready").Read<HealthReport>()).ShouldBe(new HealthReport("ready", "0.1.0"));
    }
}
