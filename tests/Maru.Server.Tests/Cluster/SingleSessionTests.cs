using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Sessions;

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
        await using var cluster = await ClusterRig.StartAsync(redis: 0, settings: Single);
        var ann = await cluster[0].SignUpAsync();
        await ShouldMakeWayAsync(cluster.At(1, ann), cluster[1], cluster[0]);
    }

    [Fact]
    public async Task Without_it_all_stay_signed_in()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        await server.SignInAsync(ann.Handle);
        await ann.Http.SendAsync("GET /api/me").ShouldBe(200);
    }

    /// <summary>The first sign-in is written and not yet committed while three more come, on two nodes.</summary>
    [Fact]
    [Trait("Store", "postgres")]
    public async Task Of_sign_ins_at_once_on_two_nodes_one_session_remains()
    {
        await using var cluster = await ClusterRig.StartAsync(nodes: 0, redis: 0, settings: Single);
        var store = new HeldDatabase();
        var (first, second) = (await cluster.AddNodeAsync(store.UseForAccounts), await cluster.AddNodeAsync());
        var ann = await first.SignUpAsync();
        var hold = store.HoldCommits(1);
        List<Task<HttpResponseMessage>> all = [SignInAsync(first)];
        await hold.Arrived;
        Task<HttpResponseMessage>[] others = [SignInAsync(second), SignInAsync(first), SignInAsync(second)];
        await PostgresServer.WaitsForLockAsync(cluster.Database, 3, or: Task.WhenAll(others));
        hold.Release();

        List<Person> people = [];
        foreach (var answer in all.Concat(others)) people.Add(second.Person(await answer.Read<SignedIn>()));
        await Deadline.Until(async () => (await AliveAsync()).Count == 1, "the others to be ended at this node");
        var last = (await AliveAsync()).Single();
        (await last.Http.SendAsync("GET /api/me/sessions").Read<SessionList>()).Items.Single().Current.ShouldBeTrue();

        Task<HttpResponseMessage> SignInAsync(MaruServer server) =>
            server.Http.SendAsync("POST /api/auth/login", new { handle = ann.Handle, password = Person.Password });

        async Task<IReadOnlyList<Person>> AliveAsync()
        {
            List<Person> alive = [];
            foreach (var person in people)
            {
                if ((int)(await person.Http.SendAsync("GET /api/me")).StatusCode == 200) alive.Add(person);
            }

            return alive;
        }
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
