using Maru.Engine.Log;

namespace Maru.Server.Tests.Cluster;

/// <summary><c>Maru:Sessions:Single</c>: one device a person.</summary>
public sealed class SingleSessionTests
{
    private const string Single = "--Maru:Sessions:Single=true";

    [Fact]
    public async Task A_sign_in_ends_the_others_and_says_why()
    {
        await using var server = await MaruServer.StartAsync(Single);
        var ann = await server.SignUpAsync();
        await ShouldMakeWayAsync(ann, server, server);
    }

    [Fact]
    [Trait("Store", "postgres")]
    public async Task A_sign_in_ends_the_others_on_all_nodes()
    {
        await using var nodes = await TwoNodes.StartAsync(Single);
        var ann = await nodes.First.SignUpAsync();
        await ShouldMakeWayAsync(nodes.AtSecond(ann), nodes.Second, nodes.First);
    }

    [Fact]
    public async Task Without_it_all_stay_signed_in()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        await server.SignInAsync(ann.Handle);
        await ann.Http.SendAsync("GET /api/me").ShouldBe(200);
    }

    private static async Task ShouldMakeWayAsync(Person first, MaruServer here, MaruServer there)
    {
        await using var socket = await StompSocket.ConnectAsync(here.Address, first.AccessToken);
        await socket.SubscribeAsync("/user/queue/events", "events");
        var next = await there.SignInAsync(first.Handle);
        (await socket.EventAsync("session.ended")).Json.GetProperty("reason").GetString().ShouldBe("signed-in-elsewhere");
        (await socket.Ended.Within("the end")).Code.ShouldBe(1008);
        await first.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        await next.Http.SendAsync("GET /api/me").ShouldBe(200);
    }
}
