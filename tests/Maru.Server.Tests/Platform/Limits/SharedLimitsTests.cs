using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Platform.Limits;

/// <summary>A user of two nodes has one allowance. Refilling takes so long here that it does not matter.</summary>
[Trait("Store", "postgres")]
public sealed class SharedLimitsTests
{
    [Fact]
    public async Task Who_used_up_an_allowance_at_one_node_has_none_at_another()
    {
        await using var cluster = await StartAsync("--Maru:RateLimits:UserBurst=40", "--Maru:RateLimits:UserPerSecond=1");
        var ann = await cluster[0].SignUpAsync();
        var there = cluster.At(1, ann);
        (await PassAsync(ann)).ShouldBeGreaterThanOrEqualTo(40);
        await Deadline.Until(
            async () => (int)(await there.Http.SendAsync("GET /api/me")).StatusCode == 429, "the other node to hear of it");
        (await PassAsync(there)).ShouldBeLessThan(10);

        static async Task<int> PassAsync(Person person)
        {
            var passed = 0;
            while ((int)(await person.Http.SendAsync("GET /api/me")).StatusCode == 200) passed++;
            return passed;
        }
    }

    [Fact]
    public async Task Messages_sent_at_two_nodes_come_out_of_one_allowance()
    {
        await using var cluster = await StartAsync("--Maru:Engine:MessageBurst=1000", "--Maru:Engine:MessagesPerSecond=1");
        var ann = await cluster[0].SignUpAsync();
        cluster[0].Service<ChatEngine>().MessageRate.Owe(ann.Id, 950);
        cluster[1].Service<ChatEngine>().MessageRate.Owe(ann.Id, 950);
        var room = await ann.MakeRoomAsync();
        await using var here = await cluster.ConnectAsync(0, ann);
        await using var there = await cluster.ConnectAsync(1, ann);
        foreach (var socket in (StompSocket[])[here, there]) await socket.SubscribeAsync("/user/queue/errors", "errors");
        var said = 0;
        while (await IsTakenAsync(here)) said++;
        said.ShouldBeInRange(40, 70);
        await Deadline.Until(async () => !await IsTakenAsync(there), "the other node to hear of it");

        async Task<bool> IsTakenAsync(StompSocket socket)
        {
            var receipt = await socket.SayAsync(room.Id, "x");
            var answer = await socket.TakeAsync(frame => frame["receipt-id"] == receipt, "an answer");
            if (answer.Command == "RECEIPT") return true;
            answer.Type.ShouldBe(Problem.RateLimited.Slug);
            return false;
        }
    }

    [Fact]
    public async Task Guesses_at_a_password_are_counted_over_all_nodes()
    {
        await using var cluster = await StartAsync("--Maru:RateLimits:AttemptsPerAccount=5");
        for (var i = 0; i < 5; i++) await GuessAsync(0).ShouldRefuse(Problem.WrongCredentials);
        await Deadline.Until(async () => (int)(await GuessAsync(1)).StatusCode == 429, "the other node to hear of it");

        Task<HttpResponseMessage> GuessAsync(int node) =>
            cluster[node].Http.SendAsync("POST /api/auth/login", new { handle = "ann", password = "wrong" });
    }

    [Fact]
    public async Task Without_redis_each_node_counts_for_itself()
    {
        await using var cluster = await StartAsync("--Maru:RateLimits:AttemptsPerAccount=5");
        cluster.Redis[0].Kill();
        for (var node = 0; node < 2; node++)
        {
            for (var i = 0; i < 5; i++)
                await cluster[node].Http.SendAsync("POST /api/auth/login", new { handle = "ann", password = "wrong" })
                    .ShouldRefuse(Problem.WrongCredentials);
            await cluster[node].Http.SendAsync("POST /api/auth/login", new { handle = "ann", password = "wrong" })
                .ShouldRefuse(Problem.RateLimited);
        }
    }

    private static async Task<ClusterRig> StartAsync(params string[] settings)
    {
        var cluster = await ClusterRig.StartAsync(settings: ["--Maru:RateLimits:Enabled=true", .. settings]);
        await Deadline.Until(async () => await cluster.Redis[0].ListenersAsync("maru:limits") == 2, "both nodes to listen");
        return cluster;
    }
}
