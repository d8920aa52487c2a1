using System.Net.Http.Headers;
using Maru.Engine.Problems;
using Microsoft.Data.Sqlite;

namespace Maru.Server.Tests.Faults;

/// <summary>Faults of the file system, and other programs that touch a store in use.</summary>
[Trait("Store", "sqlite")]
[Trait("Category", "Faults")]
public sealed class StoreTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(true)]      // ENOSPC: a small disk of the test's own, which only root may mount
    [InlineData(false)]     // EFBIG: a limit on the size of files
    public async Task A_full_disk_refuses_sends_clearly_and_goes_on_when_there_is_room_again(bool mounted)
    {
        using var folder = new Folder();
        await using var disk = mounted ? await Mount.DiskAsync(folder, "24m") : null;
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, users: 2, rooms: 1);
        await using var server = await MaruProcess.StartAsync(folder);
        if (!mounted) server.LimitFileSize(12 * 1024 * 1024);
        using var http = ApiCheck.Client(server.Address);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens[0]);
        await using var socket = await StompSocket.ConnectAsync(server.Address, tokens[0]);
        await socket.SubscribeAsync("/user/queue/errors", "errors");

        var text = new string('x', 15_000);
        Dictionary<string, long> acknowledged = [];
        Frame? refusal = null;
        for (var i = 0; refusal is null && i < 5000; i++)
        {
            var receipt = await socket.SayAsync(rooms[0], text, $"k{i}");
            var answer = await socket.TakeAsync(frame => frame["receipt-id"] == receipt, receipt);
            if (answer.Command == "RECEIPT") acknowledged[$"k{i}"] = answer.Seq;
            else refusal = answer;
        }

        refusal.ShouldNotBeNull();
        output.WriteLine($"{acknowledged.Count} acknowledged, then: {refusal.Text}");
        refusal.Type.ShouldBe(mounted ? Problem.StorageFull.Slug : Problem.Unavailable.Slug);
        await http.SendAsync($"POST /api/rooms/{rooms[0]}/messages", new { text })
            .ShouldRefuse(mounted ? Problem.StorageFull : Problem.Unavailable);
        await ShouldRefuseProfilesAsync(http, refusal.Type);
        await http.SendAsync("GET /health/ready").ShouldBe(200);
        await http.SendAsync($"GET /api/rooms/{rooms[0]}/messages").ShouldBe(200);
        await using (var reader = await StompSocket.ConnectAsync(server.Address, tokens[1]))
        {
            await reader.SubscribeAsync(rooms[0], after: acknowledged.Count - 5);
            for (var i = 0; i < 5; i++) await reader.MessageAsync();
        }

        if (disk is not null) await disk.ResizeAsync("64m");
        else server.LimitFileSize(long.MaxValue);
        await Deadline.Until(
            async () =>
            {
                var receipt = await socket.SayAsync(rooms[0], text, "after");
                var answer = await socket.TakeAsync(frame => frame["receipt-id"] == receipt, receipt);
                if (answer.Command == "RECEIPT") acknowledged["after"] = answer.Seq;
                return answer.Command == "RECEIPT";
            },
            "sends to work again");
        acknowledged["after"].ShouldBe(acknowledged.Count);
        (await socket.SayAndWaitAsync(rooms[0], text, "k3")).Seq.ShouldBe(acknowledged["k3"]);
        await http.SendAsync("PATCH /api/me", new { statusMessage = "roomy" }).ShouldBe(200);
        await server.KillAsync();

        Keys(folder).ShouldBe(acknowledged.OrderBy(x => x.Value).Select(x => (x.Value, x.Key)));
        await using var next = await MaruProcess.StartAsync(folder);
        await next.KillAsync();
    }

    [Fact]
    public async Task A_store_locked_by_another_program_refuses_sends_and_reads_on()
    {
        using var folder = new Folder();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, users: 1, rooms: 1);
        await using var server = await MaruProcess.StartAsync(folder, "--Maru:Sqlite:BusyTimeout=00:00:00.2");
        await using var socket = await StompSocket.ConnectAsync(server.Address, tokens[0]);
        await socket.SubscribeAsync("/user/queue/errors", "errors");
        await socket.SubscribeAsync(rooms[0]);
        await socket.SayAndWaitAsync(rooms[0], "before");
        using (var other = Open(folder))
        {
            Execute(other, "BEGIN IMMEDIATE");
            await socket.SayAsync(rooms[0], "now", "k");
            (await socket.RefusalAsync()).Type.ShouldBe(Problem.Unavailable.Slug);
            using var http = ApiCheck.Client(server.Address);
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens[0]);
            await http.SendAsync($"GET /api/rooms/{rooms[0]}/messages").ShouldBe(200);
            Execute(other, "ROLLBACK");
        }

        (await socket.SayAndWaitAsync(rooms[0], "now", "k")).Seq.ShouldBe(2);
        (await socket.EventAsync("message.created")).Seq.ShouldBe(1);
        (await socket.EventAsync("message.created")).Seq.ShouldBe(2);
    }

    [Fact]
    public async Task A_store_that_cannot_be_used_ends_the_start_with_one_clear_line_and_2()
    {
        using var folder = new Folder();
        await MaruProcess.SeedAsync(folder, users: 50, rooms: 1);
        var file = Path.Combine(folder, "maru.db");
        using (var other = Open(folder))
        {
            Execute(other, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
            await ShouldNotStartAsync(folder, "locked by another program");
        }

        var sound = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        var noDatabase = "This is no database, but long enough to look like a file with something in it. " + new string('x', 2000);
        await File.WriteAllTextAsync(file, noDatabase, TestContext.Current.CancellationToken);
        await ShouldNotStartAsync(folder, "not a SQLite database");
        var broken = (byte[])sound.Clone();
        Array.Fill(broken, (byte)0x5A, 100, 3996);      // the schema's root page
        await File.WriteAllBytesAsync(file, broken, TestContext.Current.CancellationToken);
        await ShouldNotStartAsync(folder, "damaged");
        await File.WriteAllBytesAsync(file, sound[..(sound.Length / 2)], TestContext.Current.CancellationToken);
        await ShouldNotStartAsync(folder, "damaged");
    }

    [Fact]
    public async Task A_store_that_is_damaged_while_it_is_in_use_fails_what_touches_the_damage_and_nothing_else()
    {
        using var folder = new Folder();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, users: 2, rooms: 2);
        await using (var first = await MaruProcess.StartAsync(folder))
        {
            await using var socket = await StompSocket.ConnectAsync(first.Address, tokens[0]);
            for (var i = 0; i < 200; i++) await socket.SayAndWaitAsync(rooms[0], new string('x', 4000));
            (await first.TerminateAsync()).ShouldBe(0);
        }

        // In the last third of the file are the messages' texts.
        await using var server = await MaruProcess.StartAsync(folder);
        using (var file = new FileStream(Path.Combine(folder, "maru.db"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            var pages = file.Length / 4096;
            for (var page = pages / 2; page < pages; page++)
            {
                file.Position = page * 4096;
                file.Write(new byte[64]);
            }
        }

        using var http = ApiCheck.Client(server.Address);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens[0]);
        await http.SendAsync($"GET /api/rooms/{rooms[0]}/messages?after=0&limit=200").ShouldRefuse(Problem.Unavailable);
        await using var reader = await StompSocket.ConnectAsync(server.Address, tokens[0]);
        await reader.SendAsync("SUBSCRIBE", "", ("destination", $"/topic/rooms/{rooms[0]}"), ("id", "x"), ("after", "0"));
        (await reader.ErrorAsync())["message"].ShouldBe(Problem.Unavailable.Slug);
        (await reader.Ended.Within("the end")).Code.ShouldBe(1013);
        await http.SendAsync("GET /api/me").ShouldBe(200);
        await http.SendAsync("GET /health/live").ShouldBe(200);
        foreach (var line in server.Lines.Where(line => line.Contains("\"Error\"", StringComparison.Ordinal)).Take(3))
            output.WriteLine(line[..Math.Min(line.Length, 300)]);
        server.Lines.ShouldContain(line => line.Contains("malformed", StringComparison.Ordinal));
        await server.TerminateAsync();
    }

    [Fact]
    public async Task A_second_server_on_the_same_store_does_not_start()
    {
        using var folder = new Folder();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, users: 1, rooms: 1);
        await using var server = await MaruProcess.StartAsync(folder);
        await using var socket = await StompSocket.ConnectAsync(server.Address, tokens[0]);
        await ShouldNotStartAsync(folder, "Another server uses the store");
        await socket.SayAndWaitAsync(rooms[0], "goes on");
        await MaruProcess.SeedAsync(folder, users: 1, rooms: 1);    // that may
        await socket.SayAndWaitAsync(rooms[0], "goes on");
        await server.KillAsync();
        await using var next = await MaruProcess.StartAsync(folder);    // a killed server holds nothing
    }

    [Fact]
    public async Task A_server_does_not_start_on_a_full_disk_and_says_so()
    {
        using var folder = new Folder();
        await using var disk = await Mount.DiskAsync(folder, "1m");
        var filler = Path.Combine(folder, "filler");
        await File.WriteAllBytesAsync(filler, new byte[990_000], TestContext.Current.CancellationToken);
        await ShouldNotStartAsync(folder, "room");
        File.Delete(filler);
        await using var server = await MaruProcess.StartAsync(folder);
    }

    /// <summary>Small writes may succeed for a while; those that fail are refused in the same words.</summary>
    private static async Task ShouldRefuseProfilesAsync(HttpClient http, string slug)
    {
        for (var i = 0; i < 500; i++)
        {
            using var answer = await http.SendAsync("PATCH /api/me", new { statusMessage = $"full {i}" });
            if (answer.IsSuccessStatusCode) continue;
            (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain($"\"type\":\"{slug}\"");
            return;
        }

        Assert.Fail("the disk was not full");
    }

    private static async Task ShouldNotStartAsync(string folder, string why)
    {
        var (code, lines) = await MaruProcess.RunAsync(
            ["--urls=http://127.0.0.1:0", "--Maru:Sqlite:BusyTimeout=00:00:00.2", .. await MaruProcess.StoreAsync(folder)]);
        code.ShouldBe(2, string.Join('\n', lines));
        var said = lines.Where(line => !line.StartsWith('{')).ToList();
        said.Count.ShouldBe(1, string.Join('\n', lines));
        said[0].ShouldStartWith("maru: ");
        said[0].ShouldContain(why);
    }

    private static SqliteConnection Open(string folder)
    {
        SQLitePCL.Batteries_V2.Init();
        var store = new SqliteConnection($"Data Source={folder}/maru.db;Pooling=False");
        store.Open();
        return store;
    }

    private static void Execute(SqliteConnection store, string sql)
    {
        using var command = new SqliteCommand(sql, store);
        command.ExecuteNonQuery();
    }

    private static List<(long Seq, string Key)> Keys(string folder)
    {
        using var store = Open(folder);
        using var command = new SqliteCommand("SELECT seq, client_key FROM messages WHERE client_key IS NOT NULL ORDER BY seq", store);
        using var row = command.ExecuteReader();
        List<(long, string)> keys = [];
        while (row.Read()) keys.Add((row.GetInt64(0), row.GetString(1)));
        return keys;
    }
}
