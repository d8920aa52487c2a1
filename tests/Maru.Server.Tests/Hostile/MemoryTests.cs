namespace Maru.Server.Tests.Hostile;

/// <summary>Accounts that ask for all of a room's past on many sockets and read none of it, against a heap that cannot hold it.</summary>
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const int Accounts = 10;
    private const int Each = 40;
    private const int Messages = 20_000;
    private const long Heap = 192L * 1024 * 1024;

    [Fact]
    public async Task The_largest_and_slowest_are_cut_before_memory_runs_out_and_resume_without_a_gap()
    {
        using var folder = new Folder();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, Accounts + 1, rooms: 1, $"--messages={Messages}");
        await using var server = await MaruProcess.StartSmallAsync(Heap, folder);
        await using var member = await StompSocket.ConnectAsync(server.Address, tokens[Accounts]);
        await member.SubscribeAsync(rooms[0]);
        List<StompSocket> deaf = [];
        for (var i = 0; i < Accounts * Each; i++)
        {
            deaf.Add(await StompSocket.OpenAsync(server.Address, receiveBuffer: 4096));
            deaf[i].Pause();
            // A name of its own: nobody shares the bytes.
            await deaf[i].WriteAsync(ClientFrames.Message(
                ClientFrames.Stomp("CONNECT", "", ("accept-version", "1.2"), ("host", "x"), ("passcode", tokens[i % Accounts]))
                + ClientFrames.Stomp("SUBSCRIBE", "", ("destination", $"/topic/rooms/{rooms[0]}"), ("id", $"d{i}"), ("after", "0"))));
            if (i % 10 == 0) (await member.SayAndWaitAsync(rooms[0], "meanwhile")).Seq.ShouldBeGreaterThan(Messages);
        }

        await Deadline.Until(
            () => server.Lines.Any(x => x.Contains("the largest and slowest first", StringComparison.Ordinal)), "some to be cut");
        for (var i = 0; i < 20; i++) await member.SayAndWaitAsync(rooms[0], "afterwards");
        deaf.ForEach(x => x.Resume());
        await Deadline.Until(() => deaf.Exists(x => x.IsEnded), "those who were cut to notice");
        output.WriteLine($"{deaf.Count(x => x.IsEnded)} of {deaf.Count} were cut; {server.ResidentBytes / 1048576.0:F0} MiB resident");
        foreach (var socket in deaf) await socket.DisposeAsync();

        await using var back = await StompSocket.ConnectAsync(server.Address, tokens[0]);
        await back.SubscribeAsync(rooms[0], after: 0);
        for (var seq = 1; seq <= Messages; seq++) (await back.MessageAsync()).Seq.ShouldBe(seq);
    }
}
