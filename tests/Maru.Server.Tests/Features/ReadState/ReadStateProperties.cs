using FsCheck;
using FsCheck.Fluent;

namespace Maru.Server.Tests.Features.ReadState;

public sealed class ReadStateProperties(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public void Whatever_people_do_their_unread_counts_are_what_a_recount_finds() => RandomReadings.Check(
        15, acts => RandomReading.RunAsync([server], (_, person) => person, acts));
}

[Trait("Store", "postgres")]
public sealed class ReadStateClusterProperties(ClusterRig rig) : IClassFixture<ClusterRig>
{
    [Fact]
    public void Whatever_people_do_on_two_nodes_their_unread_counts_are_what_a_recount_finds() => RandomReadings.Check(
        15, acts => RandomReading.RunAsync([rig[0], rig[1]], rig.At, acts));
}

internal static class RandomReadings
{
    /// <summary>Tries random sequences of up to sixty acts; a failure is shrunk to the fewest acts that show it.</summary>
    public static void Check(int times, Func<byte[], Task> run) =>
        Prop.ForAll((byte[] acts) => Task.Run(() => run(acts)).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(times).WithStartSize(20).WithEndSize(60));
}
