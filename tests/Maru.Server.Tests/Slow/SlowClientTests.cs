using System.Globalization;
using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Slow;

/// <summary>One slow, dead or hostile client costs only itself.</summary>
[Trait("Category", "Slow")]
public sealed class SlowClientTests(ITestOutputHelper output)
{
    private const int TextBytes = 2000;

    [Fact]
    public async Task A_tenth_that_reads_slowly_or_not_at_all_costs_the_others_nothing_and_gets_everything_later()
    {
        const int Clients = 40, Slow = 4, Messages = 1500;
        using var folder = new Folder();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, Clients, rooms: 1);
        await using var server = await MaruProcess.StartAsync(folder, "--Maru:Engine:SlowClientTimeout=00:10:00");
        var room = rooms[0];

        var audience = new List<Listener>();
        foreach (var token in tokens.Skip(Slow)) audience.Add(await Listener.JoinAsync(server.Address, token, room));
        await SpeakAsync(server.Address, tokens[0], room, Messages);
        await Deadline.Until(() => audience.TrueForAll(listener => listener.Count == Messages), "everybody to have everything");
        var alone = Percentile(audience, 0.99);
        var before = server.ResidentBytes;

        var slow = new List<Listener>();
        foreach (var token in tokens.Take(Slow)) slow.Add(await Listener.JoinAsync(server.Address, token, room, receiveBuffer: 4096));
        foreach (var listener in slow[..(Slow / 2)]) listener.Socket.Pause();
        foreach (var listener in slow[(Slow / 2)..]) listener.Socket.Throttle(1024);
        audience.ForEach(listener => listener.Latencies.Clear());
        await SpeakAsync(server.Address, tokens[0], room, Messages);
        await Deadline.Until(() => audience.TrueForAll(listener => listener.Count == 2 * Messages), "the quick ones to have everything");
        var beside = Percentile(audience, 0.99);
        var grown = server.ResidentBytes - before;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"p99 of the quick: {alone:F1} ms alone, {beside:F1} ms beside {Slow} slow of {Clients}; memory +{grown / 1048576.0:F0} "
                + $"MiB; the slow had {string.Join(' ', slow.Select(x => x.Count))} of {Messages}"));
        slow.ShouldAllBe(listener => listener.Count < Messages);
        grown.ShouldBeLessThan(256L * 1024 * 1024);

        foreach (var listener in slow) listener.Socket.Resume();
        await Deadline.Until(() => slow.TrueForAll(listener => listener.Count == Messages), "the slow ones to have everything");
        foreach (var listener in slow) listener.Seqs.ShouldBe(Enumerable.Range(Messages + 1, Messages).Select(seq => (long)seq));
        foreach (var listener in audience) listener.Seqs.ShouldBe(Enumerable.Range(1, 2 * Messages).Select(seq => (long)seq));
        foreach (var listener in audience.Concat(slow)) await listener.Socket.DisposeAsync();
    }

    [Fact]
    public async Task Who_takes_nothing_for_the_time_set_is_closed_and_resumes_without_a_gap()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Engine:SlowClientTimeout=00:00:02");
        var (ann, room, dead) = await DeafAsync(server);
        await using var _ = dead;
        await using var talker = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        var last = await FillAsync(talker, room.Id);
        var connections = server.Service<ChatEngine>().Connections;
        await Deadline.Until(() => connections.Count == 1, "the dead one to be closed");
        await talker.SayAndWaitAsync(room.Id, "goes on");

        dead.Resume();
        (await dead.Ended.Within("the end")).InOrder.ShouldBeFalse();
        var seen = dead.Inbox().Where(frame => frame.Command == "MESSAGE").Select(frame => frame.Seq).ToList();
        seen.ShouldBe(Enumerable.Range(1, seen.Count).Select(seq => (long)seq));
        await using var back = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await back.SubscribeAsync(room.Id, after: seen.Count);
        for (var seq = seen.Count + 1; seq <= last + 1; seq++) (await back.MessageAsync()).Seq.ShouldBe(seq);
    }

    /// <summary>
    /// 1 KB/s against the default, sixteen times faster.
    /// The kernel of a reader with the usual receive buffer of 128 KiB keeps its window closed until about as much is read:
    /// two minutes at 1 KB/s without a sign of life. It is given by its size: left alone, a kernel sometimes makes it larger as it is read.
    /// </summary>
    [Fact]
    public async Task Who_reads_slowly_is_not_taken_for_one_who_reads_nothing()
    {
        const int Faster = 16;
        var time = new EngineOptions().SlowClientTimeout / Faster;
        await using var server = await MaruServer.StartAsync($"--Maru:Engine:SlowClientTimeout={time}");
        var (ann, room, slow) = await DeafAsync(server);
        await using var _ = slow;
        await using var usual = await StompSocket.ConnectAsync(server.Address, ann.AccessToken, receiveBuffer: 64 * 1024);
        await usual.SubscribeAsync(room.Id, after: 0);
        foreach (var reader in (StompSocket[])[slow, usual]) reader.Throttle(Faster * 1024);
        await using var talker = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        var last = await FillAsync(talker, room.Id);
        var started = TimeProvider.System.GetTimestamp();
        await Deadline.Until(
            () => slow.IsEnded || usual.IsEnded || TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromMinutes(5) / Faster,
            "five minutes, faster");
        foreach (var reader in (StompSocket[])[slow, usual])
        {
            reader.IsEnded.ShouldBeFalse($"it had {reader.Inbox().Count} of {last}");
            reader.Resume();
            for (var seq = 1; seq <= last; seq++) (await reader.MessageAsync()).Seq.ShouldBe(seq);
        }
    }

    [Fact]
    public async Task Who_only_sends_and_never_reads_its_receipts_waits_and_is_closed()
    {
        using var folder = new Folder();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, users: 4, rooms: 2);
        await using var server = await MaruProcess.StartAsync(folder, "--Maru:Engine:SlowClientTimeout=00:00:03");
        await using var other = await StompSocket.ConnectAsync(server.Address, tokens[1]);
        await other.SubscribeAsync(rooms[1]);
        var before = server.ResidentBytes;
        await using var rude = await StompSocket.ConnectAsync(server.Address, tokens[0], receiveBuffer: 4096);
        rude.Pause();
        long sent = 0;
        var sending = Task.Run(
            async () =>
            {
                var receipt = new string('r', 1000);   // what comes back is larger than what goes in
                while (true)
                {
                    await rude.SendAsync("SUBSCRIBE", "", ("destination", "/user/queue/events"), ("id", "x"), ("receipt", receipt));
                    await rude.SendAsync("UNSUBSCRIBE", "", ("id", "x"), ("receipt", receipt));
                    Interlocked.Increment(ref sent);
                }
            },
            TestContext.Current.CancellationToken);
        while (!sending.IsCompleted) (await other.SayAndWaitAsync(rooms[1], "meanwhile")).Seq.ShouldBePositive();
        await Should.ThrowAsync<System.Net.Sockets.SocketException>(sending);
        var grown = server.ResidentBytes - before;
        output.WriteLine($"{sent} pairs were taken before it was closed, memory +{grown / 1048576.0:F0} MiB");
        grown.ShouldBeLessThan(128L * 1024 * 1024);
    }

    [Fact]
    public async Task Who_opens_a_frame_and_stalls_is_closed_after_the_silence_allowed()
    {
        var time = new ManualTime();
        await using var server = await MaruServer.StartAsync(time, null, "--Maru:Engine:PingAfter=00:00:10");
        var (ann, bob) = (await server.SignUpAsync(), await server.SignUpAsync("bob"));
        var room = await ann.MakeRoomAsync(members: bob.Id);
        await using var stalled = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        stalled.Pause();
        var send = ClientFrames.Message(
            ClientFrames.Stomp("SEND", """{"text":"never whole"}""", ("destination", $"/app/rooms/{room.Id}/messages")));
        await stalled.WriteAsync(send.AsMemory(0, send.Length / 2));
        await using var other = await StompSocket.ConnectAsync(server.Address, bob.AccessToken);
        await Deadline.Until(
            async () =>
            {
                time.Advance(TimeSpan.FromSeconds(2));
                await other.SayAndWaitAsync(room.Id, "meanwhile");
                return server.Service<ChatEngine>().Connections.Count == 1;
            },
            "the stalled one to be closed");
        (await ann.HistoryAsync(room)).ShouldNotContain(message => message.Text == "never whole");
    }

    [Theory]
    [InlineData("GET /ws HTTP/1.1\r\nHost: x\r\nUpgr")]
    [InlineData("GET /w")]
    [InlineData("")]
    public async Task Who_never_finishes_the_upgrade_is_closed(string part)
    {
        var time = new ManualTime();
        await using var server = await MaruServer.StartAsync(time, null);
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(System.Net.IPAddress.Loopback, server.Address.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(part), TestContext.Current.CancellationToken);
        var end = client.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask();
        await Deadline.Until(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return end.IsCompleted;
            },
            "the end");
        if (end.IsCompletedSuccessfully) (await end).ShouldBe(0);
    }

    [Fact]
    public async Task A_thousand_connections_that_never_say_CONNECT_are_closed()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Engine:ConnectTimeout=00:00:02");
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var silent = new List<StompSocket>();
        for (var i = 0; i < 1000; i++) silent.Add(await StompSocket.OpenAsync(server.Address, i % 2 == 0 ? "/ws" : "/ws?x=1"));
        await using var one = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await one.SayAndWaitAsync(room.Id, "among them");
        foreach (var socket in silent)
        {
            (await socket.ErrorAsync())["message"].ShouldBe(Problem.ConnectFirst.Slug);
            (await socket.Ended.Within("the end")).Code.ShouldBe(1002);
            await socket.DisposeAsync();
        }

        await Deadline.Until(() => server.Service<ChatEngine>().Connections.Count == 1, "only one to be left");
        await one.SayAndWaitAsync(room.Id, "and after them");
    }

    private static async Task<(Person Ann, Server.Features.Rooms.Room Room, StompSocket Deaf)> DeafAsync(MaruServer server)
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var deaf = await StompSocket.ConnectAsync(server.Address, ann.AccessToken, receiveBuffer: 4096);
        await deaf.SubscribeAsync(room.Id, after: 0);
        deaf.Pause();
        return (ann, room, deaf);
    }

    /// <summary>Sends more than the kernel and the outbox hold for one client; returns the last seq.</summary>
    private static async Task<long> FillAsync(StompSocket talker, long room)
    {
        var text = new string('x', 10_000);
        Frame? last = null;
        for (var i = 0; i < 200; i++) last = await talker.SayAndWaitAsync(room, text);
        return last!.Seq;
    }

    private static async Task SpeakAsync(Uri server, string token, long room, int messages)
    {
        await using var speaker = await StompSocket.ConnectAsync(server, token);
        for (var i = 0; i < messages; i++)
            await speaker.SayAndWaitAsync(room, $"{TimeProvider.System.GetTimestamp()} {new string('x', TextBytes)}");
    }

    private static double Percentile(IEnumerable<Listener> listeners, double part)
    {
        var all = listeners.SelectMany(listener => listener.Latencies).Order().ToList();
        return TimeSpan.FromSeconds(all[(int)(part * (all.Count - 1))] / (double)TimeProvider.System.TimestampFrequency).TotalMilliseconds;
    }

    /// <summary>Writes down what comes, and how old it is.</summary>
    private sealed class Listener
    {
        private int _count;

        public StompSocket Socket { get; private set; } = null!;

        public List<long> Seqs { get; } = [];

        public List<long> Latencies { get; } = [];

        public int Count => Volatile.Read(ref _count);

        public static async Task<Listener> JoinAsync(Uri server, string token, long room, int receiveBuffer = 0)
        {
            var listener = new Listener();
            var subscribed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            listener.Socket = await StompSocket.ConnectAsync(server, token, receiveBuffer: receiveBuffer, watch: frame =>
            {
                if (frame.Command == "RECEIPT") subscribed.TrySetResult();
                else listener.Take(frame);
            });
            await listener.Socket.SendAsync("SUBSCRIBE", "", ("destination", $"/topic/rooms/{room}"), ("id", "r"), ("receipt", "s"));
            await subscribed.Task.Within("the subscription");
            return listener;
        }

        private void Take(Frame frame)
        {
            var text = frame.Text.AsSpan(frame.Text.IndexOf("\"text\":\"", StringComparison.Ordinal) + 8);
            Latencies.Add(TimeProvider.System.GetTimestamp() - long.Parse(text[..text.IndexOf(' ')], CultureInfo.InvariantCulture));
            Seqs.Add(frame.Seq);
            Interlocked.Increment(ref _count);
        }
    }
}
