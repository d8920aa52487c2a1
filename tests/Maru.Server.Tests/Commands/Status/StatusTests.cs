using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Maru.Server.Tests.Commands.Status;

/// <summary>What a running server says of itself.</summary>
public sealed class StatusTests
{
    [Fact]
    public async Task A_server_tells_what_it_does()
    {
        using var folder = new Folder();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, users: 2, rooms: 1);
        await using var server = await MaruProcess.StartAsync(folder);
        await using var socket = await StompSocket.ConnectAsync(server.Address, tokens[0]);
        await socket.SubscribeAsync(rooms[0]);
        using var http = ApiCheck.Client(server.Address);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens[1]);
        using var over = new CancellationTokenSource();
        var sending = SendAsync(http, rooms[0], over.Token);

        JsonElement status = default;
        await Deadline.Until(
            async () =>
            {
                status = await LookAsync($"--url={server.Address}");
                return status.GetProperty("delivery") is { ValueKind: JsonValueKind.Object } times
                    && times.GetProperty("isRecent").GetBoolean();
            },
            "messages between two looks");
        await over.CancelAsync();
        await sending;

        status.GetProperty("isReady").GetBoolean().ShouldBeTrue();
        status.GetProperty("version").GetString().ShouldNotBeNullOrEmpty();
        Guid.TryParse(status.GetProperty("node").GetString(), out _).ShouldBeTrue();
        status.GetProperty("upSeconds").GetDouble().ShouldBeGreaterThan(0);
        status.GetProperty("connections").GetDouble().ShouldBe(1);
        status.GetProperty("rooms").GetDouble().ShouldBe(1);
        status.GetProperty("messagesPerSecond").GetDouble().ShouldBeGreaterThan(0);
        status.GetProperty("commitsPerSecond").GetDouble().ShouldBeGreaterThan(0);
        status.GetProperty("durable").GetProperty("p99").GetDouble().ShouldBeGreaterThan(0);
        status.GetProperty("batch").GetProperty("p50").GetDouble().ShouldBeGreaterThan(0);
        status.GetProperty("waitingBytes").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
        status.GetProperty("memoryLimitBytes").GetDouble().ShouldBeGreaterThan(0);
        status.GetProperty("isBusConnected").ValueKind.ShouldBe(
            TestStore.IsPostgres ? JsonValueKind.True : JsonValueKind.Null, "a server with a store of its own has no bus");
    }

    [Fact]
    public async Task People_read_a_table_of_the_server_that_the_settings_name()
    {
        using var folder = new Folder();
        await using var server = await MaruProcess.StartAsync(folder);
        var lines = await MaruProcess.AnswerAsync("status", $"--urls={server.Address.GetLeftPart(UriPartial.Authority)}");
        lines.ShouldContain(line => line.Contains("connections") && line.Contains('0'));
        lines.ShouldContain(line => line.Contains("ready"));
    }

    [Fact]
    public async Task Where_no_server_is_the_exit_code_is_1()
    {
        var (code, lines) = await MaruProcess.RunAsync("status", $"--url=http://127.0.0.1:{Ports.Free()}");
        code.ShouldBe(1);
        lines.ShouldHaveSingleItem().ShouldContain("does not respond");
    }

    [Theory]
    [InlineData("--url=nonsense", "is no address")]
    [InlineData("--often", "no option --often")]
    public async Task What_is_no_address_or_no_option_ends_with_code_2(string argument, string what)
    {
        var (code, lines) = await MaruProcess.RunAsync("status", argument);
        code.ShouldBe(2);
        lines.ShouldHaveSingleItem().ShouldContain(what);
    }

    [Fact]
    public async Task Another_program_than_Maru_is_told()
    {
        using var other = new HttpListener();
        var address = $"http://127.0.0.1:{Ports.Free()}/";
        other.Prefixes.Add(address);
        other.Start();
        var answering = AnswerAsync(other);
        var (code, lines) = await MaruProcess.RunAsync("status", $"--url={address}");
        code.ShouldBe(2, string.Join('\n', lines));
        lines.ShouldHaveSingleItem().ShouldContain("is no Maru");
        await answering;
    }

    private static async Task AnswerAsync(HttpListener listener)
    {
        var context = await listener.GetContextAsync();
        context.Response.Close();
    }

    private static async Task SendAsync(HttpClient http, long room, CancellationToken over)
    {
        for (var i = 0; !over.IsCancellationRequested; i++)
            await http.SendAsync($"POST /api/rooms/{room}/messages", new { clientMsgId = $"m{i}", text = "hello" }).ShouldBe(201);
    }

    private static async Task<JsonElement> LookAsync(string server) =>
        JsonDocument.Parse((await MaruProcess.AnswerAsync("status", "--json", server)).ShouldHaveSingleItem()).RootElement;
}
