using Maru.Engine.Bus;
using Maru.Engine.Log;

namespace Maru.Engine.Tests.Rooms;

/// <summary>An entry that is sent a second time is sent in its present state, and the store is read once for all that ask.</summary>
public sealed class ReadAgainTests
{
    [Fact]
    public async Task What_is_in_memory_and_was_not_changed_is_not_read_from_the_store()
    {
        using var rig = await StartAsync(messages: 10);
        await ReadAsync(rig, after: 0, last: 10);
        rig.Log.Reads.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task What_was_changed_is_read_once_from_the_store_and_then_comes_from_memory(long kind)
    {
        using var rig = await StartAsync(messages: 10);
        await ChangeDraft.ApplyAsync(rig, 1, EntryKind.MessageEdited, 3);
        await ChangeDraft.ApplyAsync(rig, 1, EntryKind.Of(kind), 3);
        var text = kind == EntryKind.MessageDeleted.Number ? "" : "edit 12";
        for (var reader = 0; reader < 5; reader++)
        {
            var told = await ReadAsync(rig, after: 0, last: 12);
            told[2].ShouldContain($"\"text\":\"{text}\"");
            told[10].ShouldContain($"\"text\":\"{text}\"");
            told[11].ShouldContain($"\"type\":\"{EntryKind.Of(kind)}\"");
        }

        rig.Log.Reads.ShouldBe([2]);
    }

    [Fact]
    public async Task A_room_of_which_nothing_is_in_memory_is_read_once_for_those_who_come_one_after_the_other()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        rig.Log.Seed(1, 100);
        for (var reader = 0; reader < 5; reader++) (await ReadAsync(rig, after: 60, last: 100)).Count.ShouldBe(40);
        rig.Log.Reads.ShouldBe([60]);
    }

    [Fact]
    public async Task Those_who_wait_at_different_places_of_a_page_share_one_read()
    {
        using var rig = new EngineRig(x => x.TailMinBytes = 0);
        rig.Log.AddRoom(1, 7);
        rig.Log.Seed(1, 200);
        rig.Log.StallPages();
        var clients = new StompClient[20];
        for (var i = 0; i < clients.Length; i++) clients[i] = await rig.ConnectAsync(7);
        for (var i = 0; i < clients.Length; i++) await clients[i].SubscribeRoomAsync(1, after: 100 - i);
        rig.Log.ResumeReads();
        for (var i = 0; i < clients.Length; i++)
        {
            await clients[i].SeqsAsync(200);
            clients[i].Seqs().ShouldBe(Enumerable.Range(101 - i, 100 + i).Select(x => (long)x));
        }

        rig.Log.Reads.ShouldBe([100, 81]);
    }

    [Fact]
    public async Task After_a_change_of_names_nothing_is_sent_again_from_memory()
    {
        using var rig = await StartAsync(messages: 10);
        rig.Engine.NamesChanged();
        await ReadAsync(rig, after: 4, last: 10);
        rig.Log.Names++;            // another node's, of which this one did not hear
        await ReadAsync(rig, after: 4, last: 10);
        await ReadAsync(rig, after: 4, last: 10);
        rig.Log.Reads.ShouldBe([4, 4]);
    }

    [Fact]
    public async Task What_is_deleted_while_its_page_is_read_is_not_sent()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        rig.Log.Seed(1, 10);
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1, "live");
        rig.Log.StallPages();
        await AskAsync(client);
        await Deadline.Until(() => rig.Log.Reads.Count == 1, "a read");
        await ChangeDraft.ApplyAsync(rig, 1, EntryKind.MessageDeleted, 3);
        rig.Log.ResumeReads();
        await client.SeqsAsync(11);
        Texts(client)[2].ShouldContain("\"text\":\"\"");
        client.Seqs().ShouldBe(Enumerable.Range(1, 11).Select(x => (long)x));
        rig.Log.Reads.ShouldBe([0, 0]);
    }

    [Fact]
    public async Task Whoever_asks_after_a_change_is_not_given_a_page_that_was_read_before_it()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        rig.Log.Seed(1, 10);
        var (early, late) = (await rig.ConnectAsync(7), await rig.ConnectAsync(7));
        await early.SubscribeRoomAsync(1, "live");
        await late.SubscribeRoomAsync(1, "live");
        rig.Log.StallPages();
        await AskAsync(early);
        await Deadline.Until(() => rig.Log.Reads.Count == 1, "a read");
        await ChangeDraft.ApplyAsync(rig, 1, EntryKind.MessageEdited, 3);
        await AskAsync(late);
        rig.Log.ResumeReads();
        await late.SeqsAsync(11);
        Texts(late)[2].ShouldContain("edit 11");
        await early.SeqsAsync(11);
    }

    [Fact]
    public async Task A_deletion_in_one_run_with_its_message_is_not_undone_for_the_slow()
    {
        using var rig = new EngineRig(x => (x.OutboxBytes, x.Lanes) = (4096, 1));
        rig.Log.AddRoom(1, 7);
        var (writer, slow) = (await rig.ConnectAsync(7), await rig.ConnectAsync(7, sink: new MemorySink(window: 4096)));
        await writer.SubscribeRoomAsync(1);
        await slow.SubscribeRoomAsync(1);
        slow.Sink.SetWindow(0);
        for (var i = 1; i <= 100; i++) await writer.SayAsync(1, new string('x', 200), $"r{i}");
        await writer.SayAsync(1, "secret", "last");
        await ChangeDraft.ApplyAsync(rig, 1, EntryKind.MessageDeleted, 101);
        slow.Sink.SetWindow(long.MaxValue);
        await slow.SeqsAsync(102);
        slow.Seqs().ShouldBe(Enumerable.Range(1, 102).Select(x => (long)x));
        slow.Messages.ShouldAllBe(x => !System.Text.Encoding.UTF8.GetString(x.Body).Contains("secret"));
    }

    [Fact]
    public async Task Whoever_asks_waits_for_what_another_node_had_committed_before()
    {
        var bus = new LocalBus();
        using var rig = new EngineRig(bus: bus, log: new MemoryRoomLog { IsShared = true });
        using var other = new EngineRig(bus: new LocalBus(), log: rig.Log);      // nothing crosses from it
        rig.Log.AddRoom(1, 7);
        var (here, there) = (await rig.ConnectAsync(7), await other.ConnectAsync(7));
        await here.SubscribeRoomAsync(1, "live");
        for (var i = 1; i <= 5; i++) await there.SayAsync(1, "x", $"r{i}");
        await ChangeDraft.ApplyAsync(other, 1, EntryKind.MessageDeleted, 2);
        await here.SubscribeRoomAsync(1, after: 0);
        await here.SeqsAsync(6);
        Texts(here)[1].ShouldContain("\"text\":\"\"");
        await here.SeqsAsync(6, "live");
        here.Seqs("live").ShouldBe(Enumerable.Range(1, 6).Select(x => (long)x));
    }

    [Fact]
    public async Task While_the_store_cannot_be_read_the_past_is_what_the_node_knows()
    {
        using var rig = await StartAsync(messages: 3);
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SubscribeRoomAsync(1, "live");
        rig.Log.ReadFault = () => new IOException("away");
        await client.SendAsync("SUBSCRIBE\nid:s\ndestination:/topic/rooms/1\nreceipt:again\nafter:0\n\n\0");
        await client.ReceiptAsync("again");
        await client.SeqsAsync(3);      // the past follows the receipt
        client.Frames.Where(x => x["subscription"] == "s").Select(x => x["seq"]).ShouldBe(["1", "2", "3"]);
    }

    private static async Task<EngineRig> StartAsync(int messages)
    {
        var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        for (var i = 1; i <= messages; i++) await client.SayAsync(1, "x", $"r{i}");
        return rig;
    }

    /// <summary>Another client's events, from there up to that seq.</summary>
    private static async Task<List<string>> ReadAsync(EngineRig rig, long after, long last)
    {
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1, after: after);
        await client.SeqsAsync(last);
        client.Seqs().ShouldBe(Enumerable.Range((int)after + 1, (int)(last - after)).Select(x => (long)x));
        return Texts(client);
    }

    /// <summary>For the past, without waiting.</summary>
    private static Task AskAsync(StompClient client) => client.SendAsync("SUBSCRIBE\nid:s\ndestination:/topic/rooms/1\nafter:0\n\n\0");

    private static List<string> Texts(StompClient client) =>
        [.. client.Messages.Where(x => x["subscription"] == "s").Select(x => System.Text.Encoding.UTF8.GetString(x.Body))];
}
