using System.Net;
using Maru.Server.Configuration;
using Maru.Server.Features.LinkPreviews.Fetching;

namespace Maru.Server.Tests.Features.LinkPreviews.Fetching;

/// <summary>Where a link of somebody else's may lead.</summary>
public sealed class AddressPolicyTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("168.63.129.16")]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.170.2")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.7")]
    [InlineData("203.0.113.9")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.250")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b:1::8.8.8.8")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2")]
    [InlineData("2001:20::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("2002:808:808::1")]
    [InlineData("2a00:1450::5efe:7f00:1")]
    [InlineData("2a00:1450::200:5efe:7f00:1")]
    [InlineData("3fff::1")]
    [InlineData("4000::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void Addresses_that_are_not_the_publics_are_refused_in_all_forms(string address)
    {
        Policy().Allow(IPAddress.Parse(address), 80).ShouldBeNull();
        Policy().Allow(IPAddress.Parse(address), 443).ShouldBeNull();
    }

    [Theory]
    [InlineData("1.1.1.1", "1.1.1.1")]
    [InlineData("9.255.255.255", "9.255.255.255")]
    [InlineData("11.0.0.0", "11.0.0.0")]
    [InlineData("100.63.255.255", "100.63.255.255")]
    [InlineData("100.128.0.0", "100.128.0.0")]
    [InlineData("172.15.255.255", "172.15.255.255")]
    [InlineData("172.32.0.0", "172.32.0.0")]
    [InlineData("223.255.255.255", "223.255.255.255")]
    [InlineData("::ffff:8.8.8.8", "8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8", "64:ff9b::8.8.8.8")]
    [InlineData("2606:4700:4700::1111", "2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:80b::200e", "2a00:1450:4001:80b::200e")]
    public void The_publics_addresses_are_allowed_at_the_ports_of_the_web(string address, string connected)
    {
        Policy().Allow(IPAddress.Parse(address), 80).ShouldBe(IPAddress.Parse(connected));
        Policy().Allow(IPAddress.Parse(address), 443).ShouldBe(IPAddress.Parse(connected));
        foreach (var port in new[] { 0, 22, 25, 6379, 8080 }) Policy().Allow(IPAddress.Parse(address), port).ShouldBeNull();
    }

    [Fact]
    public void What_the_operator_opens_is_allowed_at_any_port_and_nothing_beside_it()
    {
        var policy = Policy("10.1.0.0/16, ::1");
        policy.Allow(IPAddress.Parse("10.1.2.3"), 8080).ShouldBe(IPAddress.Parse("10.1.2.3"));
        policy.Allow(IPAddress.Parse("::ffff:10.1.2.3"), 8080).ShouldBe(IPAddress.Parse("10.1.2.3"));
        policy.Allow(IPAddress.IPv6Loopback, 8080).ShouldBe(IPAddress.IPv6Loopback);
        policy.Allow(IPAddress.Parse("10.2.0.1"), 80).ShouldBeNull();
        policy.Allow(IPAddress.Parse("1.1.1.1"), 8080).ShouldBeNull();
        Should.Throw<StartException>(() => Policy("10.1.0.0/99")).Message.ShouldContain("AllowedNetworks");
    }

    private static AddressPolicy Policy(string opened = "") => new(new FetchOptions { AllowedNetworks = opened });
}
