using Maru.Engine.Bus;
using Maru.Engine.Codecs;
using Maru.Engine.Commit;
using Maru.Engine.Log;
using Maru.Engine.Problems;

namespace Maru.Engine.Tests.Commit;

public sealed class CommitLoopTests
{
    [Fact]
    public async Task A_transaction_takes_everything_that_queued_while_the_last_one_ran()
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.SayAsync(1, "warm", "w");
        rig.Log.StallAppends();
        var begun = rig.Log.AppendsBegun;
        await client.SendAsync(StompClient.Say(1, "x"));
        await Deadline.Until(() => rig.Log.AppendsBegun == begun + 1, "the first transaction");
        for (var i = 0; i < 99; i++) await client.SendAsync(StompClient.Say(1 + (i % 2), "x", $"r{i}"));
        rig.Log.ResumeAppends();
        await client.ReceiptAsync("r98");
        rig.Log.Transactions.ShouldBe([1, 1, .. rig.Log.Transactions[2..]]);
        rig.Log.Transactions.Count.ShouldBeLessThanOrEqualTo(4, "room 2 is entered on the way");
        rig.Log.Entries(1).Count.ShouldBe(52);
    }

    [Fact]
    public async Task The_log_says_that_the_store_is_slow_once_in_ten_seconds()
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.SayAsync(1, "warm", "w");
        rig.TakeWarnings().ShouldBeEmpty();
        foreach (var milliseconds in (int[])[300, 900, 400])
        {
            rig.Log.AppendFault = _ => Last(milliseconds);
            await client.SayAsync(1, "slow", $"{milliseconds}");
        }

        rig.Log.AppendFault = _ => null;
        await client.SayAsync(1, "quick", "q");
        rig.TakeWarnings().ShouldHaveSingleItem().ShouldEndWith("more than 250 ms since the last such line: 1, the longest 300 ms.");
        rig.Time.Advance(SlowCommits.Every);
        rig.Log.AppendFault = _ => Last(500);
        await client.SayAsync(1, "slow again", "s");
        string[] told = [];
        await Deadline.Until(() => (told = rig.TakeWarnings()).Length > 0, "the next line");
        told.ShouldHaveSingleItem().ShouldEndWith(": 3, the longest 900 ms.");

        Exception? Last(int milliseconds)
        {
            rig.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            return null;
        }
    }

    [Fact]
    public async Task The_one_bad_draft_is_refused_alone()
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SayAsync(1, "warm", "w");
        rig.Log.AppendFault = parts =>
            parts.SelectMany(x => x.Rooms).Any(x => x.Drafts.OfType<MessageDraft>().Any(y => y.Text.AsSpan().SequenceEqual("bad"u8)))
                ? new InvalidOperationException("bad draft")
                : null;
        rig.Log.StallAppends();
        for (var i = 0; i < 20; i++) await client.SendAsync(StompClient.Say(1, i == 7 ? "bad" : "good", $"r{i}"));
        rig.Log.ResumeAppends();
        (await client.RefusalAsync("r7")).Text.ShouldContain("\"type\":\"internal\"");
        await client.ReceiptAsync("r19");
        client.Frames.Count(x => x.Command == StompCommand.Receipt && x["seq"] is not null).ShouldBe(20);
        rig.Log.Entries(1).Count.ShouldBe(20);
        rig.TakeErrors().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_failing_store_refuses_and_recovers_and_a_retry_with_the_key_is_free()
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        rig.Log.AppendFault = _ => new RoomLogException(Problem.Unavailable, new IOException());
        await client.SendAsync(StompClient.Say(1, "x", "r1", "client-key:k\n") + StompClient.Say(1, "y", "r2"));
        (await client.RefusalAsync("r1")).Text.ShouldContain("\"type\":\"unavailable\"");
        await client.RefusalAsync("r2");
        rig.Log.AppendFault = _ => null;
        (await client.SayAsync(1, "x", "r3", "client-key:k\n"))["seq"].ShouldBe("1");
        rig.TakeErrors().Length.ShouldBe(1, "an outage is logged once");
    }

    [Fact]
    public async Task A_full_queue_makes_senders_wait_and_loses_nothing()
    {
        using var rig = Rig(x => x.CommitQueueBytes = 2000);
        var client = await rig.ConnectAsync(7);
        await client.SayAsync(1, "warm", "w");
        rig.Log.StallAppends();
        var frames = string.Concat(Enumerable.Range(0, 100).Select(i => StompClient.Say(1, "x", $"r{i}")));
        var sending = client.Session.ReceiveAsync(System.Text.Encoding.ASCII.GetBytes(frames)).AsTask();
        sending.IsCompleted.ShouldBeFalse();
        rig.Log.ResumeAppends();
        await sending.Within("the queue to empty");
        await client.ReceiptAsync("r99");
        rig.Log.Entries(1).Count.ShouldBe(101);
    }

    [Fact]
    public async Task A_connection_has_so_many_bytes_under_way_and_no_more()
    {
        using var rig = Rig(x => x.InFlightBytes = 2000);
        var (greedy, other) = (await rig.ConnectAsync(7), await rig.ConnectAsync(7));
        await greedy.SayAsync(1, "warm", "w");
        await other.SayAsync(1, "warm", "w");
        rig.Log.StallAppends();
        var frames = string.Concat(Enumerable.Range(0, 50).Select(i => StompClient.Say(1, "x", $"r{i}")));
        var sending = greedy.Session.ReceiveAsync(System.Text.Encoding.ASCII.GetBytes(frames)).AsTask();
        sending.IsCompleted.ShouldBeFalse();
        await other.SendAsync(StompClient.Say(1, "x", "mine"));
        rig.Log.ResumeAppends();
        await other.ReceiptAsync("mine");
        await sending.Within("the rest");
    }

    [Fact]
    public async Task A_bus_that_throws_after_the_commit_doubles_nothing()
    {
        using var rig = new EngineRig(bus: new BrokenBus());
        rig.Log.AddRoom(1, 7);
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(1);
        rig.Log.StallAppends();
        for (var i = 1; i <= 5; i++) await client.SendAsync(StompClient.Say(1, "x", $"r{i}"));
        rig.Log.ResumeAppends();
        await client.ReceiptAsync("r5");
        client.Seqs().ShouldBe([1, 2, 3, 4, 5]);
        rig.Log.Entries(1).Count.ShouldBe(5);
        rig.TakeErrors().ShouldNotBeEmpty();
    }

    private static EngineRig Rig(Action<EngineOptions>? set = null)
    {
        var rig = new EngineRig(set);
        rig.Log.AddRoom(1, 7);
        rig.Log.AddRoom(2, 7);
        return rig;
    }

    private sealed class BrokenBus : IBus
    {
        public bool IsConnected => false;

        public int MaxFrameBytes => 1024;

        public bool Carries(BusChannel channel) => true;

        public void Publish(BusChannel channel, ReadOnlySpan<byte> frame) => throw new IOException("no bus");

        public IDisposable Subscribe(BusChannel channel, Action<ReadOnlyMemory<byte>> heard, Action? listening = null) =>
            new MemoryStream();
    }
}
