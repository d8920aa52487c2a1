using Maru.Server.Tests.Features.Pins;
using Maru.Server.Tests.Features.Reactions;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

/// <summary>The past of a room, hidden and opened at one node and read at another.</summary>
[Trait("Store", "postgres")]
public sealed class PastTests
{
    private const string Old = "from before";

    [Theory]
    [InlineData("bus")]
    [InlineData("store")]
    public async Task What_one_node_hides_no_other_node_tells_to_those_who_joined_later(string way)
    {
        await using var cluster = await ClusterRig.StartAsync(
            redis: way == "store" ? 0 : 1, settings: way == "bus" ? ClusterRig.BusOnly : []);
        var (ann, guest) = (await cluster[0].SignUpAsync("ann"), await cluster[0].SignUpAsync("ben"));
        var ben = cluster.At(1, guest);
        var room = await ann.MakeRoomWithAsync("joined");
        for (var i = 0; i < 3; i++) await ann.SayAsync(room, Old);
        await ben.JoinAsync(room);
        var join = (await ann.SeeAsync(room)).LastSeq;
        await using var hers = await cluster.ConnectAsync(0, ann);
        await hers.SubscribeAsync(room.Id);
        await using var his = await cluster.ConnectAsync(1, ben);
        await his.SubscribeAsync(room.Id, after: 0);
        (await his.EntryAsync()).Seq.ShouldBe(join);
        if (way != "store") await cluster.ListenedAsync(room.Id);

        // Live, as it comes over the bus or from the store.
        await ann.ReviseAsync(room, 1, $"{Old}, edited");
        await ann.ReactAsync(room, 1, "👍");
        await ann.PinAsync(room, 2);
        var said = (await ann.SayAsync(room)).Seq;
        var live = await his.EntriesAsync(said);
        live.ShouldTellNothing(join + 1, Old);
        live.Types().ShouldBe(["hidden", "hidden", "hidden", "message.created"]);
        (await hers.EntriesAsync(said)).Types().ShouldBe(["message.edited", "reaction.changed", "pin.changed", "message.created"]);

        // Once the change is answered, a resume at the other node has seen it.
        for (var i = 0; i < 5; i++)
        {
            var last = (await ann.SetHistoryAsync(room, "all")).LastSeq;
            var whole = await ben.ResumeAsync(room, last);
            whole.Select(x => x.Seq).ShouldBe(Enumerable.Range(1, (int)last).Select(x => (long)x));
            (await ben.SeqsAsync(room)).ShouldContain(1);
            last = (await ann.SetHistoryAsync(room, "joined")).LastSeq;
            (await ben.ResumeAsync(room, last)).ShouldTellNothing(join, Old);
            (await ben.SeqsAsync(room)).Min().ShouldBe(join);
        }
    }
}
