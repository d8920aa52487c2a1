using Maru.Engine.Problems;
using Maru.Server.Tests.Kill;

namespace Maru.Server.Tests.Faults;

/// <summary>SIGTERM, with everybody talking and some who do not listen.</summary>
[Trait("Category", "Faults")]
public sealed class ShutdownTests(ITestOutputHelper output)
{
    [Fact]
    public async Task SIGTERM_under_load_ends_with_0_and_keeps_everything_acknowledged()
    {
        using var folder = new Folder();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, users: 20, rooms: 2);
        // The host would wait for an hour: whoever could hold up the end would be noticed.
        await using var server = await MaruProcess.StartAsync(
            folder, "--shutdownTimeoutSeconds=3600", "--Maru:Engine:CloseTimeout=00:00:02");
        var talkers = tokens[..16].Select((token, i) => new Talker(i, token, rooms[i % 2])).ToList();
        using var ending = new CancellationTokenSource();
        Uri? address = server.Address;
        var running = TalkAsync(ending.Token, ending.Token);

        await using var listener = await StompSocket.ConnectAsync(server.Address, tokens[16]);
        await using var general = await StompSocket.ConnectAsync(server.Address, tokens[17], "/ws?x=1");
        await using var silent = await StompSocket.OpenAsync(server.Address);   // never said CONNECT
        await using var deaf = await StompSocket.ConnectAsync(server.Address, tokens[18], receiveBuffer: 4096);
        await deaf.SubscribeAsync(rooms[0], after: 0);
        deaf.Pause();
        await Deadline.Until(() => talkers.Sum(talker => talker.Acknowledgements) > 5000, "acknowledgements");

        var started = TimeProvider.System.GetTimestamp();
        address = null;
        (await server.TerminateAsync()).ShouldBe(0, string.Join('\n', server.Lines));
        var took = TimeProvider.System.GetElapsedTime(started);
        output.WriteLine($"ended after {took.TotalSeconds:F1} s with {talkers.Sum(talker => talker.Acknowledgements)} acknowledgements");
        await ending.CancelAsync();
        await running.Within("the talkers to end");

        foreach (var client in (StompSocket[])[listener, general, silent])
        {
            (await client.ErrorAsync())["message"].ShouldBe(Problem.ShuttingDown.Slug);
            var end = await client.Ended.Within("the end");
            (end.Code, end.Reason).ShouldBe((1012, Problem.ShuttingDown.Slug));
        }

        server.Lines.ShouldNotContain(
            line => line.Contains("\"Error\"", StringComparison.Ordinal) || line.Contains("Unhandled", StringComparison.Ordinal));

        // After the restart everything is there, and whoever comes back misses nothing.
        await using var next = await MaruProcess.StartAsync(folder);
        address = next.Address;
        using var sending = new CancellationTokenSource();
        using var end2 = new CancellationTokenSource();
        await sending.CancelAsync();
        var again = TalkAsync(sending.Token, end2.Token);
        await Deadline.Until(
            () => talkers.TrueForAll(talker => talker.IsSettled) && talkers.GroupBy(talker => talker.Room).All(HaveTheSame),
            "all to be settled");
        address = null;
        await end2.CancelAsync();
        await again.Within("the talkers to end");
        await next.KillAsync();
        (await Verdict.OnAsync(await TestStore.OfAsync(folder), talkers)).ShouldBeEmpty(string.Join('\n', next.Lines));
        talkers.ForEach(talker => talker.Dispose());

        Task TalkAsync(CancellationToken sends, CancellationToken ends) => Task.WhenAll(talkers.Select(
            talker => Task.Run(() => talker.RunAsync(() => address, sends, ends), TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task SIGTERM_tells_streams_of_events_when_to_come_back_and_waits_for_none()
    {
        using var folder = new Folder();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, users: 2, rooms: 1);
        await using var server = await MaruProcess.StartAsync(folder, "--shutdownTimeoutSeconds=3600");
        using var http = new HttpClient { BaseAddress = server.Address };
        using var own = await EventStream.OpenAsync(http, "/api/events", tokens[0]);
        using var log = await EventStream.OpenAsync(http, $"/api/rooms/{rooms[0]}/events?after=0", tokens[1]);
        foreach (var stream in (EventStream[])[own, log]) await stream.BegunAsync();
        (await server.TerminateAsync()).ShouldBe(0, string.Join('\n', server.Lines));
        foreach (var stream in (EventStream[])[own, log])
        {
            (await stream.LastAsync()).GetProperty("type").GetString().ShouldBe(Problem.ShuttingDown.Slug);
            stream.Retries.ShouldBe(2, "one at the beginning, one at the end");
        }
    }

    private static bool HaveTheSame(IEnumerable<Talker> talkers) => talkers.Select(talker => talker.Last).Distinct().Count() == 1;
}
