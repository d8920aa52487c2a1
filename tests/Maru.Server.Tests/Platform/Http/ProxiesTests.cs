using System.Net;
using System.Net.Sockets;
using System.Text;
using Maru.Server.Configuration;
using Maru.Server.Platform;
using Maru.Server.Platform.Http;

namespace Maru.Server.Tests.Platform.Http;

/// <summary>
/// Whom the server takes for the client behind proxies: the first word of X-Forwarded-For, from the right, that is no proxy of ours.
/// An address has one request here, and time stands still, so a second one from the same address is refused.
/// </summary>
public sealed class ProxiesTests
{
    private const string Appending = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;";
    private static readonly string[] OneRequest =
        ["--Maru:RateLimits:Enabled=true", "--Maru:RateLimits:AddressBurst=1", "--Maru:RateLimits:AddressPerSecond=1"];

    [Theory]
    [InlineData("192.0.2.1", "X-Forwarded-For: 192.0.2.1")]
    [InlineData("192.0.2.1", "X-Forwarded-For: 6.6.6.6, 192.0.2.1")]
    [InlineData("192.0.2.1", "X-Forwarded-For: 6.6.6.6,192.0.2.1,10.0.0.5")]
    [InlineData("192.0.2.1", "X-Forwarded-For: 10.0.0.6, 6.6.6.6, 192.0.2.1, 10.0.0.5, 10.0.0.7")]
    [InlineData("192.0.2.1", "X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 192.0.2.1")]
    [InlineData("192.0.2.1", "X-Forwarded-For: 6.6.6.6, 7.7.7.7", "X-Forwarded-For: 192.0.2.1, 10.0.0.5")]
    [InlineData("192.0.2.1", "X-Forwarded-For: 192.0.2.1:4711")]
    [InlineData("2001:db8:1:2::1", "X-Forwarded-For: 6.6.6.6, [2001:db8:1:2::9]:4711")]
    [InlineData("192.0.2.1", "X-Forwarded-For: \"6.6.6.6, 192.0.2.1")]
    [InlineData("192.0.2.1", "X-Forwarded-For: 6.6.6.6, \"7.7.7.7\", \"192.0.2.1\"")]
    [InlineData("192.0.2.1", "X-Forwarded-For: \"6.6.6.6", "X-Forwarded-For: 7.7.7.7\", 192.0.2.1")]
    [InlineData("192.0.2.1", "X-Forwarded-For: unknown, 192.0.2.1")]
    [InlineData("10.0.0.5", "X-Forwarded-For: 6.6.6.6, unknown, 10.0.0.5")]
    [InlineData("127.0.0.1", "X-Forwarded-For: 6.6.6.6, unknown")]
    [InlineData("127.0.0.1", "X-Forwarded-For: ")]
    [InlineData("127.0.0.1", "X-Real-IP: 6.6.6.6", "Forwarded: for=6.6.6.6", "X-Client-IP: 6.6.6.6")]
    public async Task The_first_word_from_the_right_that_is_no_proxy_of_ours_is_the_client(string client, params string[] fields)
    {
        await using var server = await MaruServer.StartAsync(
            new ManualTime(), null, [.. OneRequest, "--Maru:Limits:Proxies=127.0.0.1, 10.0.0.0/8"]);
        (await StatusAsync(server.Address, client == "127.0.0.1" ? [] : [$"X-Forwarded-For: {client}"])).ShouldBe(401);
        (await StatusAsync(server.Address, fields)).ShouldBe(429);
    }

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("10.0.0.1, ::/0")]
    [InlineData("0.0.0.0/1, 128.0.0.0/1")]
    [InlineData("::ffff:0.0.0.0/96")]
    public async Task Everybody_is_no_proxy(string proxies) =>
        (await Should.ThrowAsync<StartException>(MaruServer.StartAsync($"--Maru:Limits:Proxies={proxies}"))).Message
            .ShouldContain("choose its own address");

    [Theory]
    [InlineData("10.0.0.0/8, fc00::/7, 192.0.2.1, ::1, 192.0.2.7/32", 5)]
    [InlineData("::ffff:10.0.0.0/104", 1)]
    public void Private_networks_and_single_addresses_may_be_proxies(string proxies, int count) =>
        new ProxyNetworks(new LimitOptions { Proxies = proxies }).All.Count.ShouldBe(count);

    /// <summary>A real one, that does what most do: it appends.</summary>
    [Fact]
    public async Task Behind_a_proxy_that_appends_no_client_chooses_its_address()
    {
        await using var server = await MaruServer.StartAsync(new ManualTime(), null, [.. OneRequest, "--Maru:Limits:Proxies=127.0.0.1"]);
        await using var nginx = await NginxProcess.StartAsync(server.Address, Appending);
        (await StatusAsync(nginx.Address, [], from: "127.0.0.8")).ShouldBe(401);
        string[][] inventions =
        [
            [], ["6.6.6.6"], ["6.6.6.6, 7.7.7.7"], ["127.0.0.1"], ["6.6.6.6, 127.0.0.1"], ["6.6.6.6", "7.7.7.7"], ["\"6.6.6.6"],
            ["\"", "6.6.6.6\""], ["6.6.6.6, \"7.7.7.7"], [""], [","], ["unknown"], ["127.0.0.9"],
        ];
        foreach (var words in inventions)
        {
            var fields = Array.ConvertAll(words, word => $"X-Forwarded-For: {word}");
            (await StatusAsync(nginx.Address, fields, from: "127.0.0.8")).ShouldBe(429, string.Join(" | ", words));
        }

        (await StatusAsync(nginx.Address, [], from: "127.0.0.9")).ShouldBe(401, "another client has its own");
    }

    /// <summary>Asks on a bare socket, with each field on a line of its own; HttpClient would join them.</summary>
    private static async Task<int> StatusAsync(Uri server, string[] fields, string from = "127.0.0.1")
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, server.Port);
        var more = string.Concat(fields.Select(field => $"{field}\r\n"));
        var request = $"GET /api/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{more}\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(new NetworkStream(socket));
        var line = await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Within("the answer");
        return int.Parse(line!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
