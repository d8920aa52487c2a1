using Maru.Server.Bus;

namespace Maru.Server.Tests.Bus;

public sealed class RendezvousTests
{
    [Fact]
    public void Channels_are_shared_evenly_and_one_server_more_moves_only_its_share()
    {
        var (three, four) = (Servers(3), Servers(4));
        string[] channels = [.. Enumerable.Range(1, 10_000).Select(x => $"maru:r:{x}")];
        foreach (var share in channels.GroupBy(x => At(x, three))) share.Count().ShouldBeInRange(3000, 3700);
        var moved = channels.Where(x => At(x, three) != At(x, four)).ToArray();
        moved.ShouldAllBe(x => At(x, four) == four[3]);
        moved.Length.ShouldBeInRange(2200, 2800);
    }

    [Fact]
    public void The_order_in_which_servers_are_named_does_not_matter()
    {
        var servers = Servers(5);
        ulong[] others = [.. servers.Reverse()];
        for (var i = 0; i < 1000; i++) At($"{i}", servers).ShouldBe(At($"{i}", others));
    }

    private static ulong[] Servers(int count) => [.. Enumerable.Range(0, count).Select(x => Rendezvous.Hash($"redis{x}:6379"))];

    private static ulong At(string channel, ulong[] servers) => servers[Rendezvous.Choose(Rendezvous.Hash(channel), servers)];
}
