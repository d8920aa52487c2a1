using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Identities;

namespace Maru.Server.Tests.Cluster;

/// <summary>Users of another issuer, at two nodes.</summary>
[Trait("Store", "postgres")]
public sealed class IdentityTests
{
    private static readonly Site Site = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The user is inserted and not yet committed while others come with the same subject, at both nodes.</summary>
    [Fact]
    public async Task Of_first_uses_at_once_at_two_nodes_one_user_remains()
    {
        await using var cluster = await ClusterRig.StartAsync(redis: 0, settings: Site.Settings());
        for (var round = 0; round < 5; round++)
        {
            var token = Site.Token($"{round}", ("preferred_username", $"ann{round}"), ("name", "Ann"));
            var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Site.AskAsync(cluster[i % 2], token).Read<Profile>()));
            all.Select(x => x.Id).Distinct().Count().ShouldBe(1);
            all[0].Handle.ShouldBe($"ann{round}");
        }

        (await cluster[0].Service<Database>().FirstAsync<long>("SELECT count(*) FROM users", null, Ct)).ShouldBe(5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task An_end_holds_at_every_node_within_a_second(int redis)
    {
        await using var cluster = await ClusterRig.StartAsync(redis: redis, settings: Site.Settings());
        var ann = await Site.EnterAsync(cluster[0], Site.Token("1"));
        await using var socket = await cluster.ConnectAsync(1, ann);
        await cluster.At(1, ann).Http.SendAsync("GET /api/me").ShouldBe(200);
        await ann.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        (await socket.ErrorAsync())["message"].ShouldBe(Problem.SessionEnded.Slug);
        await cluster.At(1, ann).Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
    }

    [Fact]
    public async Task A_name_that_changed_at_one_node_is_the_name_at_the_other()
    {
        await using var cluster = await ClusterRig.StartAsync(redis: 0, settings: Site.Settings());
        await Site.EnterAsync(cluster[0], Site.TokenAt("1", -20, ("name", "Ann")));
        await Site.EnterAsync(cluster[1], Site.TokenAt("1", -20, ("name", "Ann")));
        await Site.EnterAsync(cluster[0], Site.TokenAt("1", -10, ("name", "Anna")));
        (await Site.EnterAsync(cluster[1], Site.TokenAt("1", -20, ("name", "Ann")))).User.Name.ShouldBe("Anna");
        (await Site.EnterAsync(cluster[1], Site.TokenAt("1", -15, ("name", "Ann B.")))).User.Name.ShouldBe("Anna", "an older token");
        (await Site.EnterAsync(cluster[1], Site.TokenAt("1", -5, ("name", "Ann C.")))).User.Name.ShouldBe("Ann C.");
    }
}
