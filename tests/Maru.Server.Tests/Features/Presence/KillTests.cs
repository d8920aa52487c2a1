using System.Globalization;
using System.Net.Http.Headers;
using Maru.Server.Features.Accounts;
using Maru.Server.Tests.Features.Rooms;
using Maru.Server.Tests.Kill;

namespace Maru.Server.Tests.Features.Presence;

/// <summary>A node that is killed takes its people along, and they were there until then.</summary>
[Trait("Category", "Kill")]
public sealed class KillTests
{
    private static readonly string[] Settings = ["--Maru:Engine:Presence:Grace=00:00:01", "--Maru:Engine:Presence:Lease=00:00:06"];

    [Theory]
    [Trait("Store", "postgres")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_people_of_a_killed_node_are_offline_after_its_lease_and_those_who_came_back_never(bool withRedis)
    {
        using var folder = new Folder();
        await using var redis = withRedis ? await RedisProcess.StartAsync() : null;
        var postgres = await PostgresServer.Shared;
        var database = await postgres.MakeDatabaseAsync();
        string[] settings = [.. Settings, $"--Maru:Database={database}", $"--Maru:Redis={redis?.Address}"];
        await using var first = await MaruProcess.StartAsync(folder, settings);
        await using var second = await MaruProcess.StartAsync(folder, settings);
        var (ann, ben, cat) = (await SignUpAsync(first, "ann"), await SignUpAsync(first, "ben"), await SignUpAsync(first, "cat"));
        await ann.MakeRoomAsync("room", "private", null, ben.Id, cat.Id);
        await using var hers = await StompSocket.ConnectAsync(first.Address, ann.AccessToken);
        await hers.WatchAsync(ben.Id, cat.Id);
        await using var his = await StompSocket.ConnectAsync(second.Address, ben.AccessToken);
        await using var its = await StompSocket.ConnectAsync(second.Address, cat.AccessToken);
        await hers.ToldUntilAsync(ben.Id, "online");
        await hers.ToldUntilAsync(cat.Id, "online");
        await NotedAsync(database, nodes: 2);

        await second.KillAsync();
        await using var back = await StompSocket.ConnectAsync(first.Address, cat.AccessToken);
        (await hers.ToldUntilAsync(ben.Id, "offline seen")).ShouldBe(["offline seen"]);
        (await ann.SeeAsync(cat.Id)).ShouldBe(["online"]);
        hers.Inbox().ShouldNotContain(frame => frame.Command == "MESSAGE", "nobody flickers");
        await ann.SeesAsync(ben, "offline seen");       // in the store
    }

    [Fact]
    public async Task Whoever_was_there_when_the_only_server_was_killed_was_there_last_then()
    {
        using var folder = new Folder();
        var database = await TestStore.OfAsync(folder);
        Person ann, ben;
        await using (var server = await MaruProcess.StartAsync(folder, Settings))
        {
            (ann, ben) = (await SignUpAsync(server, "ann"), await SignUpAsync(server, "ben"));
            await ann.MakeRoomAsync("room", "private", null, ben.Id);
            await using var his = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
            await ann.SeesAsync(ben, "online");
            await NotedAsync(database, nodes: 1);
            await server.KillAsync();
        }

        if (TestStore.IsPostgres) await PostgresServer.LeftAsync(database);
        await using var next = await MaruProcess.StartAsync(folder, Settings);
        await At(next, ann).SeesAsync(ben, "offline seen");
    }

    private static async Task<Person> SignUpAsync(MaruProcess server, string handle)
    {
        using var http = ApiCheck.Client(server.Address);
        var tokens = await http.SendAsync("POST /api/auth/signup", new { handle, name = handle, password = Person.Password })
            .Read<SignedIn>(201);
        return At(server, new Person(tokens.User, tokens.AccessToken, tokens.RefreshToken ?? "", http));
    }

    private static Person At(MaruProcess server, Person person)
    {
        var http = ApiCheck.Client(server.Address);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", person.AccessToken);
        return person with { Http = http };
    }

    /// <summary>Returns once so many nodes have stored who is there.</summary>
    private static async Task NotedAsync(string database, int nodes)
    {
        await using var connection = await Verdict.OpenAsync(database);
        await Deadline.Until(
            async () =>
            {
                await using var command = connection.CreateCommand();
                command.CommandText = "SELECT count(*) FROM present";
                return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) == nodes;
            },
            "who is there to be stored");
    }
}
