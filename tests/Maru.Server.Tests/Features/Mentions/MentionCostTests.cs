using System.Net.Http.Headers;
using Maru.Server.Commands;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.ReadState;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Tokens;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Mentions;

/// <summary>What a message costs the store, with mentions and without: counted, not timed.</summary>
public sealed class MentionCostTests : IAsyncDisposable
{
    private readonly SpiedDatabase _spy = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_to_ten_thousand_of_whom_a_thousand_listen_costs_as_many_statements_as_one_to_ten()
    {
        await using var server = await MaruServer.StartAsync(null, services =>
        {
            _spy.Use<MentionNewsStore>(services);
            _spy.Use<ReadStateStore>(services);
        });
        using var trace = await CommitTrace.BeginAsync(server);
        var (small, large) = (await MeasureAsync(server, trace, 10, 5), await MeasureAsync(server, trace, 10_000, 1000));
        large.ShouldBe(small);
        small.Plain.Writes.ShouldBeGreaterThan(1);
        small.Plain.ShouldBe(small.Plain with { Reads = 0, Rows = 0 });
        (small.Named.Rows, small.All.Rows).ShouldBe((1, 1));
        small.All.ShouldBe(small.Named);
        // A trigger counts the mention by block; PostgreSQL's statements do not tell of it.
        small.All.Writes.ShouldBe(small.Plain.Writes + (TestStore.IsPostgres ? 2 : 4));
        small.All.Reads.ShouldBe(1);
    }

    public ValueTask DisposeAsync() => _spy.DisposeAsync();

    private async Task<(Cost Plain, Cost Named, Cost All)> MeasureAsync(MaruServer server, CommitTrace trace, int members, int listeners)
    {
        var (room, tokens) = await SeedAsync(server, members);
        var people = await server.Service<Database>().ListAsync<User>(
            """
            SELECT u.id, u.handle, u.name, u.avatar_url FROM members m JOIN users u ON u.id = m.user_id
            WHERE m.room_id = @room ORDER BY u.id LIMIT 2
            """,
            new { room },
            Ct);
        using var http = ApiCheck.Client(server.Address);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens[0]);
        var owner = new Person(people[0], tokens[0], "", http);
        var here = await owner.Http.SendAsync($"GET /api/rooms/{room}").Read<Maru.Server.Features.Rooms.Room>();
        List<StompSocket> sockets = [];
        foreach (var some in tokens.Skip(1).Take(listeners).Chunk(50)) sockets.AddRange(await Task.WhenAll(some.Select(ListenAsync)));
        var unread = 0;
        await CostAsync("first", 0);
        var plain = await CostAsync("hello", 0);
        var named = await CostAsync($"@{people[1].Handle}", 1);
        var all = await CostAsync("@all", listeners);
        foreach (var socket in sockets) await socket.DisposeAsync();
        return (plain, named, all);

        async Task<StompSocket> ListenAsync(string token)
        {
            var socket = await StompSocket.ConnectAsync(server.Address, token);
            await socket.SubscribeAsync("/user/queue/events", "events");
            return socket;
        }

        async Task<Cost> CostAsync(string text, int mentioned)
        {
            var rows = await RowsAsync(server);
            trace.Clear();
            _spy.Reads.Clear();
            await owner.SayAsync(here, text);
            unread++;
            foreach (var socket in sockets.Take(mentioned)) await socket.EventAsync("mention");
            foreach (var socket in sockets) await socket.UnreadAsync(here, unread);
            return new Cost(trace.Count, _spy.Reads.Count, await RowsAsync(server) - rows);
        }
    }

    /// <summary>Makes a room of that many people; the first one owns it.</summary>
    private static async Task<(long Room, IReadOnlyList<string> Tokens)> SeedAsync(MaruServer server, int members)
    {
        var seeder = new Seeder(
            server.Service<Database>(), server.Service<Passwords>(), server.Service<AccessTokens>(), server.Service<JwtOptions>(),
            TimeProvider.System);
        var seeded = await seeder.RunAsync(new SeedPlan(members, 1, 0), (_, _) => { }, Ct);
        return (seeded.Rooms[0], seeded.Tokens);
    }

    private static Task<long> RowsAsync(MaruServer server) =>
        server.Service<Database>().FirstAsync<long>("SELECT count(*) FROM mentions", null, Ct);

    private sealed record Cost(int Writes, int Reads, long Rows);
}
