using Maru.Server.Features.Messages;
using Maru.Server.Tests.Features.Messages;
using Maru.Server.Tests.Features.Rooms;
using Maru.Server.Tests.Features.Stars;

namespace Maru.Server.Tests.Cluster;

/// <summary>Threads and forwards that several nodes write at once.</summary>
[Trait("Store", "postgres")]
public sealed class ThreadTests
{
    [Theory]
    [InlineData("bus")]
    [InlineData("store")]
    public async Task Two_nodes_reply_and_delete_at_once_and_both_count_the_same(string way)
    {
        await using var cluster = await ClusterRig.StartAsync(
            redis: way == "store" ? 0 : 1, settings: way == "bus" ? ClusterRig.BusOnly : []);
        await using var talk = await Talk.BeginAsync(cluster, way != "store");
        var (ann, ben, room) = (talk.Ann, talk.Ben, talk.Room);
        var said = await ann.SayAsync(room, "well?");
        await Task.WhenAll(ThreadAsync(ann), ThreadAsync(ben));
        foreach (var person in (Person[])[ann, ben])
        {
            (await person.ReadOneAsync(room, said.Seq)).Replies.ShouldBe(18);
            var thread = (await person.ThreadAsync(room, said.Seq)).Items;
            (thread.Count, thread.Count(x => x.DeletedAt is null)).ShouldBe((24, 18));
            thread.ShouldAllBe(x => x.Quote == new Quote(said.Seq, "well?", ann.User, null, null));
        }

        await cluster[0].ShouldCountRepliesAsync();

        // A quote follows an edit at the other node, and a deletion.
        await ann.ReviseAsync(room, said.Seq, "well now?");
        (await ben.ThreadAsync(room, said.Seq)).Items[0].Quote!.Text.ShouldBe("well now?");
        await ann.EraseAsync(room, said.Seq);
        (await ben.ThreadAsync(room, said.Seq)).Items[0].Quote!.DeletedAt.ShouldNotBeNull();

        async Task ThreadAsync(Person person)
        {
            for (var i = 0; i < 12; i++)
            {
                var reply = (await person.ReplyAsync(room, said.Seq)).Seq;
                if (i % 4 == 0) await person.EraseAsync(room, reply);
            }
        }
    }

    [Theory]
    [InlineData("bus")]
    [InlineData("store")]
    public async Task A_forward_at_one_node_is_told_with_its_origin_at_the_other(string way)
    {
        await using var cluster = await ClusterRig.StartAsync(
            redis: way == "store" ? 0 : 1, settings: way == "bus" ? ClusterRig.BusOnly : []);
        await using var talk = await Talk.BeginAsync(cluster, way != "store");
        var home = await talk.Ann.MakeRoomAsync("home", "private");
        var said = await talk.Ann.SayAsync(home, "hello");
        var sent = await talk.Ann.ForwardAsync(talk.Room, home, said.Seq, "k");
        var hers = await talk.Hers.EventAsync("message.created");
        hers.Seq.ShouldBe(sent.Seq);
        (await talk.His.EventAsync("message.created")).Text.ShouldBe(hers.Text);
        hers.Text.ShouldContain("\"forwardedFrom\":{");
        (await talk.Ben.ReadOneAsync(talk.Room, sent.Seq)).ForwardedFrom.ShouldBe(new MessageOrigin(talk.Ann.User, said.At));

        // The same key at the other node, after the message is gone.
        await talk.Ann.EraseAsync(home, said.Seq);
        (await cluster.At(1, talk.Ann).TryForwardAsync(talk.Room, home, said.Seq, "k").Read<Message>()).Seq.ShouldBe(sent.Seq);
    }
}
