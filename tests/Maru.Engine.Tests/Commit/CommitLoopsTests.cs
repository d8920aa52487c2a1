using System.Globalization;
using System.Text;
using System.Text.Json;
using Maru.Engine.Log;

namespace Maru.Engine.Tests.Commit;

/// <summary>Several loops append at the same time. Rooms with odd and with even ids are in different ones here.</summary>
public sealed class CommitLoopsTests
{
    [Fact]
    public async Task A_loop_that_waits_for_the_store_holds_up_its_own_rooms_only()
    {
        using var rig = Rig();
        using var gate = new Gate(rig, "slow");
        var client = await rig.ConnectAsync(7);
        await client.SendAsync(StompClient.Say(1, "slow", "slow"));
        await gate.Reached;
        await client.SayAsync(2, "quick", "quick");
        gate.Open();
        await client.ReceiptAsync("slow");
    }

    [Fact]
    public async Task A_transaction_over_rooms_of_two_loops_does_not_overtake_what_was_sent_before()
    {
        using var rig = Rig();
        using var gate = new Gate(rig, "first");
        var client = await rig.ConnectAsync(7);
        await client.SayAsync(1, "warm", "w1");
        await client.SayAsync(2, "warm", "w2");
        await client.SendAsync(StompClient.Say(2, "first"));
        await gate.Reached;
        // Its first message is for the loop that is free.
        var frames = "BEGIN\ntransaction:t\n\n\0"
            + StompClient.Say(1, "second", null, "transaction:t\n") + StompClient.Say(2, "second", null, "transaction:t\n")
            + "COMMIT\ntransaction:t\nreceipt:t\n\n\0" + StompClient.Say(1, "third") + StompClient.Say(2, "third", "last");
        var sending = client.Session.ReceiveAsync(Encoding.ASCII.GetBytes(frames)).AsTask();
        gate.Open();
        await sending.Within("the session to take the transaction");
        await client.ReceiptAsync("t");
        await client.Session.Connection.InFlight.WhenEmptyAsync().Within("everything to be settled");
        Texts(rig, 1).ShouldBe(["warm", "second", "third"]);
        Texts(rig, 2).ShouldBe(["warm", "first", "second", "third"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Everybody_s_messages_stay_in_order_in_every_room_with_transactions_between(int seed)
    {
        using var rig = Rig(loops: 3, set: x => x.CommitBatch = 7);
        var senders = new[] { await rig.ConnectAsync(7), await rig.ConnectAsync(8) };
        await Task.WhenAll(senders.Select((x, i) => Task.Run(() => SendAsync(x, i, new Random(seed + i)))));
        for (var room = 1; room <= 4; room++)
        {
            var texts = Texts(rig, room);
            for (var i = 0; i < senders.Length; i++)
            {
                var numbers = texts.Where(x => x.StartsWith($"{i}:", StringComparison.Ordinal))
                    .Select(x => int.Parse(x[2..], CultureInfo.InvariantCulture)).ToArray();
                numbers.SequenceEqual(numbers.Order()).ShouldBeTrue($"room {room}, sender {i}: {string.Join(' ', numbers)}");
            }
        }

        Enumerable.Range(1, 4).Sum(x => Texts(rig, x).Length).ShouldBe(600);
    }

    private static async Task SendAsync(StompClient client, int sender, Random random)
    {
        for (var n = 0; n < 300;)
        {
            var count = Math.Min(random.Next(1, 6), 300 - n);
            var frames = count > 2 ? "BEGIN\ntransaction:t\n\n\0" : "";
            for (var i = 0; i < count; i++)
                frames += StompClient.Say(random.Next(1, 5), $"{sender}:{n++}", null, count > 2 ? "transaction:t\n" : "");
            await client.SendAsync(frames + (count > 2 ? "COMMIT\ntransaction:t\n\n\0" : ""));
        }

        await client.Session.Connection.InFlight.WhenEmptyAsync().Within("everything to be settled");
    }

    private static string[] Texts(EngineRig rig, long room) =>
        [.. rig.Log.Entries(room).Where(x => x.Kind == EntryKind.MessageCreated).Select(TextOf)];

    private static string TextOf(Entry message) =>
        JsonDocument.Parse(message.Body).RootElement.GetProperty("message").GetProperty("text").GetString()!;

    private static EngineRig Rig(int loops = 2, Action<EngineOptions>? set = null)
    {
        var rig = new EngineRig(set, log: new MemoryRoomLog { Loops = loops });
        for (var room = 1; room <= 4; room++) rig.Log.AddRoom(room, 7, 8);
        return rig;
    }

    /// <summary>Holds the loop that is about to write this text.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly ManualResetEventSlim _open = new();
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Gate(EngineRig rig, string text)
        {
            var bytes = Encoding.ASCII.GetBytes(text);
            rig.Log.AppendFault = parts =>
            {
                var messages = parts.SelectMany(x => x.Rooms).SelectMany(x => x.Drafts).OfType<MessageDraft>();
                if (!messages.Any(x => x.Text.AsSpan().SequenceEqual(bytes))) return null;
                _reached.TrySetResult();
                _open.Wait();
                return null;
            };
        }

        public Task Reached => _reached.Task.Within("the loop to reach the gate");

        public void Open() => _open.Set();

        public void Dispose()
        {
            _open.Set();
        }
    }
}
