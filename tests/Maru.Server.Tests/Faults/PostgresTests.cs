using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Faults;

/// <summary>Faults of PostgreSQL while it is in use.</summary>
[Trait("Store", "postgres")]
[Trait("Category", "Faults")]
public sealed class PostgresTests
{
    [Theory]
    [InlineData("killed")]
    [InlineData("stopped")]
    [InlineData("paused")]
    public async Task While_it_is_away_sends_are_refused_and_what_is_in_memory_goes_on(string how)
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var cluster = await ClusterRig.StartAsync(
            redis: 0,
            postgres: postgres,
            settings: ["--Maru:Postgres:ConnectTimeout=00:00:02", "--Maru:Postgres:CommandTimeout=00:00:02"]);
        var (server, second) = (cluster[0], cluster[1]);
        var (ann, bob) = (await server.SignUpAsync(), await server.SignUpAsync("bob"));
        var room = await ann.MakeRoomAsync(members: bob.Id);
        await using var hers = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await using var his = await StompSocket.ConnectAsync(server.Address, bob.AccessToken);
        await using var elsewhere = await StompSocket.ConnectAsync(second.Address, bob.AccessToken);
        await hers.SubscribeAsync("/user/queue/errors", "errors");
        await his.SubscribeAsync(room.Id);
        await his.SubscribeAsync($"/topic/rooms/{room.Id}/signals/wave", "signals");
        await elsewhere.SubscribeAsync("/user/queue/events", "events");
        await elsewhere.SubscribeAsync(room.Id);
        var before = await hers.SayAndWaitAsync(room.Id, "before", "k1");
        (await his.EventAsync("message.created")).Seq.ShouldBe(before.Seq);

        await (how switch
        {
            "killed" => postgres.KillAsync(),
            "stopped" => postgres.StopAsync(),
            _ => Task.Run(postgres.Pause),
        });
        await hers.SayAsync(room.Id, "during", "k2");
        (await hers.RefusalAsync()).Type.ShouldBe(Problem.Unavailable.Slug);
        await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = "by request" }).ShouldRefuse(Problem.Unavailable);
        await ann.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.Unavailable);
        await server.Http.SendAsync("GET /health/ready").ShouldRefuse(Problem.Unavailable);
        await server.Http.SendAsync("GET /health/live").ShouldBe(200);

        // The tail and the rights of those who are here are in memory.
        await his.SendAsync("SUBSCRIBE", "", ("destination", $"/topic/rooms/{room.Id}"), ("id", "again"), ("after", $"{before.Seq - 1}"));
        (await his.TakeAsync(frame => frame["subscription"] == "again", "the tail")).Seq.ShouldBe(before.Seq);
        await his.UnsubscribeAsync("again");
        await hers.SendAsync("SEND", "hello", ("destination", $"/topic/rooms/{room.Id}/signals/wave"));
        (await his.TakeAsync(frame => frame["subscription"] == "signals", "the signal")).Text.ShouldBe("hello");
        hers.IsEnded.ShouldBeFalse();

        if (how == "paused") postgres.Resume();
        else await postgres.StartAgainAsync();
        Frame? answer = null;
        await Deadline.Until(
            async () =>
            {
                var receipt = await hers.SayAsync(room.Id, "during", "k2");
                answer = await hers.TakeAsync(frame => frame["receipt-id"] == receipt, receipt);
                return answer.Command == "RECEIPT";
            },
            "sends to work again");
        (await hers.SayAndWaitAsync(room.Id, "before", "k1")).Seq.ShouldBe(before.Seq);
        await hers.SayAndWaitAsync(room.Id, "after");
        await Deadline.Until(async () => (await server.Http.SendAsync("GET /health/ready")).IsSuccessStatusCode, "it to be ready");
        var told = (await bob.HistoryAsync(room)).Select(message => message.Text).ToList();
        // what was refused at its last word may be there all the same
        told.Where(text => text is not "by request").ShouldBe(["before", "during", "after"]);
        for (var seq = before.Seq + 1; seq <= before.Seq + told.Count - 1; seq++)
            (await his.EventAsync("message.created")).Seq.ShouldBe(seq);
        for (var seq = before.Seq; seq <= before.Seq + told.Count - 1; seq++)
            (await elsewhere.EventAsync("message.created")).Seq.ShouldBe(seq);
        await server.ShouldBeSoundAsync();

        // And nodes hear each other again.
        await Deadline.Until(
            async () =>
            {
                await ann.MakeRoomAsync(members: bob.Id);
                return elsewhere.Inbox().Any(frame => frame.Text.Contains("room.added", StringComparison.Ordinal));
            },
            "news");
        await ann.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        await Deadline.Until(
            async () => (int)(await second.Person(new(ann.User, ann.AccessToken, "", 0)).Http.SendAsync("GET /api/me")).StatusCode == 401,
            "the sign-out to hold everywhere");
    }

    /// <summary>As after a restart that nobody noticed: every connection is dead, none knows it yet.</summary>
    [Fact]
    public async Task A_connection_that_was_lost_unnoticed_costs_no_send()
    {
        var database = await (await PostgresServer.Shared).MakeDatabaseAsync();
        await using var server = await MaruServer.StartAsync($"--Maru:Database={database}");
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        for (var i = 1; i <= 5; i++)
        {
            (await socket.SayAndWaitAsync(room.Id, "hello")).Seq.ShouldBe(i);
            await PostgresServer.CutAsync(database);
        }
    }

    [Fact]
    public async Task A_server_does_not_start_without_it_and_says_why_in_one_line()
    {
        using var folder = new Folder();
        var there = await (await PostgresServer.Shared).MakeDatabaseAsync();
        await ShouldNotStartAsync(folder, $"Host={PostgresServer.Nowhere()};Database=maru;Username=maru", "cannot be reached");
        await ShouldNotStartAsync(folder, $"{there};Username=guarded;Password=wrong", "Correct its Username and Password");
        await ShouldNotStartAsync(folder, $"{there};Database=nothing", "There is no such database");
    }

    [Fact]
    public async Task Of_several_hosts_the_one_that_lives_is_used()
    {
        var there = await (await PostgresServer.Shared).MakeDatabaseAsync();
        var host = there.Split(';')[0]["Host=".Length..];
        var port = there.Split(';')[1]["Port=".Length..];
        var both = there.Replace($"Host={host};Port={port}", $"Host={PostgresServer.Nowhere()},{host}:{port}", StringComparison.Ordinal);
        await using var server = await MaruServer.StartAsync($"--Maru:Database={both}");
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await ann.SayAsync(room);
        (await ann.HistoryAsync(room)).Count.ShouldBe(1);
    }

    private static async Task ShouldNotStartAsync(string folder, string database, string why)
    {
        var (code, lines) = await MaruProcess.RunAsync(
            "--urls=http://127.0.0.1:0", $"--Maru:Data={folder}", $"--Maru:Database={database}", MaruServer.ConnectTimeout);
        code.ShouldBe(2, string.Join('\n', lines));
        var said = lines.Where(line => !line.StartsWith('{')).ToList();
        said.Count.ShouldBe(1, string.Join('\n', lines));
        said[0].ShouldStartWith("maru: ");
        said[0].ShouldContain(why);
    }
}
