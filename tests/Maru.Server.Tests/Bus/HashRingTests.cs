using Maru.Server.Bus;

namespace Maru.Server.Tests.Bus;

public sealed class HashRingTests
{
    [Fact]
    public void Keys_are_shared_evenly_and_one_place_more_moves_only_its_share()
    {
        var (three, four) = (Ring(3), Ring(4));
        var keys = Enumerable.Range(1, 10_000).ToArray();
        foreach (var share in keys.GroupBy(x => three[x])) share.Count().ShouldBeInRange(2500, 4200);
        var moved = keys.Where(x => three[x] != four[x]).ToArray();
        moved.ShouldAllBe(x => four[x] == "redis3:6379");
        moved.Length.ShouldBeInRange(1800, 3200);
    }

    private static HashRing<string> Ring(int places) => new([.. Enumerable.Range(0, places).Select(x => $"redis{x}:6379")], x => x);
}
