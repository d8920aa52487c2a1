namespace Maru.Server.Tests.Hostile;

/// <summary>One account that sends signals to itself, ten thousandfold, and reads none of them.</summary>
public sealed class SignalTests(ITestOutputHelper output)
{
    private const int Sockets = 10;
    private const int Each = 999;
    private const int Signals = 150;

    [Fact]
    public async Task Signals_to_thousands_of_ones_own_subscriptions_neither_hold_up_other_rooms_nor_fill_memory()
    {
        using var folder = new Folder();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, users: 2, rooms: 2);
        await using var server = await MaruProcess.StartAsync(folder, "--Maru:Engine:Lanes=1");
        var (mine, others) = ($"/topic/rooms/{rooms[0]}/signals/x", rooms[1]);
        await using var member = await StompSocket.ConnectAsync(server.Address, tokens[1]);
        List<StompSocket> deaf = [];
        for (var i = 0; i < Sockets; i++)
        {
            var socket = await StompSocket.ConnectAsync(server.Address, tokens[0], receiveBuffer: 4096);
            deaf.Add(socket);
            for (var n = 0; n < Each; n++) await socket.SendAsync("SUBSCRIBE", "", ("destination", mine), ("id", $"{i}-{n}"));
            await socket.SubscribeAsync(mine, $"{i}-last");
            socket.Pause();
        }

        await using var sender = await StompSocket.ConnectAsync(server.Address, tokens[0]);
        await member.SayAndWaitAsync(others, "before");
        var (before, busy) = (server.ResidentBytes, server.ProcessorTime);
        var body = new string('x', 60_000);
        var flood = Task.Run(
            async () =>
            {
                for (var i = 0; i < Signals; i++) await sender.SendAsync("SEND", body, ("destination", mine), ("receipt", $"s{i}"));
                await sender.ReceiptAsync($"s{Signals - 1}");
            },
            TestContext.Current.CancellationToken);
        var receipts = 0;
        for (; !flood.IsCompleted || receipts < 20; receipts++) await member.SayAndWaitAsync(others, "meanwhile");
        await flood;
        var grown = server.ResidentBytes - before;
        output.WriteLine(
            $"{receipts} receipts of the member meanwhile, memory +{grown / 1048576.0:F0} MiB, {server.ProcessorTime - busy} of CPU");
        grown.ShouldBeLessThan(64L * 1024 * 1024);
        foreach (var socket in deaf) await socket.DisposeAsync();
    }
}
