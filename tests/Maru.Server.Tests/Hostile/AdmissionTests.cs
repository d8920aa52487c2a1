using System.Net;
using Maru.Engine;
using Maru.Server.Platform;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Maru.Server.Platform.Sockets;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Maru.Server.Tests.Hostile;

/// <summary>Somebody without a token takes all the places that they can get, and says nothing.</summary>
public sealed class AdmissionTests
{
    /// <summary>The crowd and the members share an address: only a CONNECT tells them apart.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_member_finds_a_place_however_many_sockets_say_nothing(bool upgrades)
    {
        await using var server = await MaruServer.StartAsync(
            "--Maru:Engine:MaxConnections=500", "--Maru:Limits:Connections=1000", "--Maru:RateLimits:Enabled=true");
        var ann = await server.SignUpAsync();
        await using var inside = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await using var first = await StompSocket.OpenAsync(server.Address);
        await using var crowd = new Crowd(1200, () => Open(server, upgrades));
        await crowd.GoesOnAsync(1200);
        for (var i = 0; i < 100; i++)
        {
            await using var member = await EnterAsync(server, ann);
            server.Service<ChatEngine>().Connections.Count.ShouldBeLessThanOrEqualTo(500);
        }

        await crowd.GoesOnAsync(1200);
        await inside.SyncAsync();
        await first.Ended.Within("the end of the oldest");
        if (upgrades) (await first.ErrorAsync())["message"].ShouldBe("too-many-connections");
    }

    /// <summary>
    /// Connects. On a busy machine five hundred others may come before CONNECT does: then the member comes again, as clients do.
    /// </summary>
    private static async Task<StompSocket> EnterAsync(MaruServer server, Person person)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await StompSocket.ConnectAsync(server.Address, person.AccessToken);
            }
            catch (InvalidOperationException e) when (tries < 10 && e.Message.Contains("too-many-connections", StringComparison.Ordinal))
            {
                // displaced by those who came later
            }
        }
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task Who_shows_their_token_in_the_upgrade_has_all_the_time_that_CONNECT_has(string path)
    {
        await using var server = await MaruServer.StartAsync("--Maru:Engine:MaxConnections=20", "--Maru:Limits:Connections=100");
        var ann = await server.SignUpAsync();
        await using var member = await StompSocket.OpenAsync(server.Address, path, header: $"Authorization: Bearer {ann.AccessToken}");
        await using var crowd = new Crowd(200, () => Open(server, upgrades: true));
        await crowd.GoesOnAsync(400);
        await member.SendAsync("CONNECT", "", ("accept-version", "1.2"), ("passcode", ann.AccessToken));
        await member.SyncAsync();
    }

    [Fact]
    public async Task Nobody_makes_room_who_has_said_who_they_are()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Engine:MaxConnections=2");
        var ann = await server.SignUpAsync();
        await using var one = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await using var two = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        (await HeadAsync(server)).ShouldStartWith("HTTP/1.1 429 ");
        await one.SyncAsync();
        await two.SyncAsync();
    }

    [Fact]
    public async Task Connections_that_say_nothing_at_all_make_room_and_requests_and_sockets_of_members_stay()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Limits:Connections=500");
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await using var inside = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await using var crowd = new Crowd(600, () => Flood.Connect(server.Address.Port));
        await crowd.GoesOnAsync(600);
        await ann.Http.SendAsync($"GET /api/rooms/{room.Id}").ShouldBe(200);
        await using var newcomer = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await inside.SayAndWaitAsync(room.Id, "still here");
        await ann.Http.SendAsync($"GET /api/rooms/{room.Id}").ShouldBe(200);
        await crowd.GoesOnAsync(600);
    }

    [Fact]
    public void The_address_with_the_most_strangers_makes_room_its_oldest_first()
    {
        var admission = Admission(max: 4);
        var other = Enter(admission, "10.0.0.2");
        Peer[] crowd = [.. Enumerable.Range(0, 4).Select(_ => Enter(admission, "10.0.0.1"))];
        other.IsIn.ShouldBeTrue();
        crowd.Select(peer => peer.IsIn).ShouldBe([false, true, true, true]);

        crowd[1].SignIn(new UserId(7));
        Enter(admission, "10.0.0.3").IsIn.ShouldBeTrue();
        crowd.Select(peer => peer.IsIn).ShouldBe([false, true, false, true]);
    }

    [Theory]
    [InlineData(4, 100)]
    [InlineData(100, 4)]
    public void Who_has_asked_for_something_makes_no_room_for_a_silent_crowd_of_their_own_address(int max, int perAddress)
    {
        var admission = Admission(max, perAddress);
        var asking = Enter(admission, "10.0.0.1");
        asking.Ask();
        for (var i = 0; i < 20; i++) Enter(admission, "10.0.0.1");
        asking.IsIn.ShouldBeTrue();
        for (var i = 0; i < 20; i++) Enter(admission, "10.0.0.1").Ask();
        asking.IsIn.ShouldBeFalse();
    }

    [Fact]
    public void An_address_that_has_its_share_makes_room_itself_while_there_are_places()
    {
        var admission = Admission(perAddress: 2);
        var (first, second, third) = (Enter(admission, "10.0.0.1"), Enter(admission, "10.0.0.1"), Enter(admission, "10.0.0.1"));
        (first.IsIn, second.IsIn, third.IsIn).ShouldBe((false, true, true));
        second.SignIn(new UserId(7));
        third.SignIn(new UserId(8));
        admission.TryEnter(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 1)).ShouldBeNull();
        Enter(admission, "10.0.0.2").IsIn.ShouldBeTrue();
        second.Leave();
        Enter(admission, "10.0.0.1").IsIn.ShouldBeTrue();
    }

    [Fact]
    public void Addresses_of_one_IPv6_network_are_one_and_an_IPv4_address_is_the_same_in_both_forms()
    {
        var admission = Admission(perAddress: 1);
        var first = Enter(admission, "2001:db8:1:2::1");
        Enter(admission, "2001:db8:1:3::1");
        first.IsIn.ShouldBeTrue();
        Enter(admission, "2001:db8:1:2:ffff::9");
        first.IsIn.ShouldBeFalse();
        var mapped = Enter(admission, "::ffff:10.0.0.1");
        Enter(admission, "10.0.0.1");
        mapped.IsIn.ShouldBeFalse();
    }

    /// <summary>Its network is all zeros.</summary>
    [Fact]
    public void IPv6_s_own_host_has_bounds_too()
    {
        var admission = Admission(perAddress: 2, perUser: 1);
        var (first, second, third) = (Enter(admission, "::1"), Enter(admission, "::1"), Enter(admission, "::1"));
        (first.IsIn, second.IsIn, third.IsIn).ShouldBe((false, true, true));
        second.SignIn(new UserId(7));
        third.SignIn(new UserId(7));
        (second.IsKnown, third.IsKnown).ShouldBe((true, false));
    }

    [Fact]
    public void One_user_keeps_so_many_connections_and_those_beyond_make_room()
    {
        var admission = Admission(max: 3, perUser: 1);
        Peer[] peers = [Enter(admission, "10.0.0.1"), Enter(admission, "10.0.0.1"), Enter(admission, "10.0.0.2")];
        foreach (var peer in peers) peer.SignIn(new UserId(7));
        peers.Select(peer => peer.IsKnown).ShouldBe([true, false, false]);
        peers[0].Leave();
        peers[1].SignIn(new UserId(7));
        peers[1].IsKnown.ShouldBeTrue();
    }

    [Fact]
    public void A_proxy_has_no_share_and_load_tests_without_rate_limits_have_none()
    {
        foreach (var admission in new[] { Admission(perAddress: 1, proxies: "10.0.0.0/8"), Admission(perAddress: 1, rates: false) })
        {
            var first = Enter(admission, "10.0.0.1");
            Enter(admission, "10.0.0.1");
            first.IsIn.ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("192.0.2.1, 192.0.2.7:4711, 10.0.0.2", "192.0.2.7")]
    [InlineData("\"[2001:db8::1]:4711\"", "2001:db8::1")]
    [InlineData("10.0.0.2", null)]
    [InlineData("192.0.2.7, nonsense", null)]
    [InlineData("", null)]
    public void The_client_of_a_proxy_is_the_last_word_that_is_no_proxy(string words, string? client)
    {
        var proxies = new ProxyNetworks(new LimitOptions { Proxies = "10.0.0.0/8" });
        proxies.ClientOf(new HeaderDictionary { ["X-Forwarded-For"] = words })?.ToString().ShouldBe(client);
    }

    private static Stream Open(MaruServer server, bool upgrades)
    {
        var stream = Flood.Connect(server.Address.Port);
        return upgrades ? Flood.Upgraded(stream, server.Address) : stream;
    }

    private static async Task<string> HeadAsync(MaruServer server, string path = "/ws")
    {
        var (socket, head, _) = await Upgrade.RequestAsync(server.Address, Upgrade.Request(server.Address, path, null));
        socket.Dispose();
        return head;
    }

    private static Peer Enter(Admission admission, string address) =>
        admission.TryEnter(new IPEndPoint(IPAddress.Parse(address), 1)).ShouldNotBeNull();

    private static Admission Admission(int max = 100, int perAddress = 100, int perUser = 100, string proxies = "", bool rates = true)
    {
        var limits = new LimitOptions { ConnectionsPerAddress = perAddress, Proxies = proxies };
        return new Admission(
            limits, new RateLimitOptions { Enabled = rates }, new ProxyNetworks(limits), max, perUser, new SocketMetrics(),
            TimeProvider.System, NullLogger<Admission>.Instance);
    }
}
