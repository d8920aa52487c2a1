using System.Diagnostics.Metrics;

namespace Maru.Engine.Tests.Rooms;

/// <summary>A room's events are encoded once for each wire form, however many receivers share it.</summary>
public sealed class WireFormTests
{
    [Fact]
    public async Task Receivers_that_want_the_same_form_share_what_is_encoded_once()
    {
        using var rig = new EngineRig();
        using var encoded = new EncodedBytes(rig);
        var clients = await JoinAsync(rig, 1, 2, 3, 4);
        foreach (var client in clients[..3]) await client.SubscribeRoomAsync(1);
        await clients[3].SubscribeRoomAsync(1, "another");

        var before = encoded.Count;
        await clients[0].SayAsync(1, "hello", "r");
        foreach (var client in clients[..3]) await client.SeqsAsync(1);
        await clients[3].SeqsAsync(1, "another");
        var sameForm = encoded.Count - before;

        await clients[3].SendAsync("UNSUBSCRIBE\nid:another\nreceipt:u\n\n\0");
        await clients[3].ReceiptAsync("u");
        before = encoded.Count;
        await clients[0].SayAsync(1, "hello", "s");
        foreach (var client in clients[..3]) await client.SeqsAsync(2);
        var oneForm = encoded.Count - before;
        oneForm.ShouldBeGreaterThan(0);
        sameForm.ShouldBe((2 * oneForm) + "another".Length - "s".Length);
    }

    [Fact]
    public async Task Who_takes_another_version_or_acknowledges_gets_its_own_form_of_the_same_events()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 1, 2, 3);
        var (newest, oldest, acking) = (await rig.ConnectAsync(1), await rig.ConnectAsync(2, "1.0"), await rig.ConnectAsync(3));
        await newest.SubscribeRoomAsync(1);
        await oldest.SubscribeRoomAsync(1);
        await acking.SendAsync("SUBSCRIBE\nid:s\ndestination:/topic/rooms/1\nack:client\nreceipt:a\n\n\0");
        await acking.ReceiptAsync("a");
        await newest.SayAsync(1, "to all", "r");
        foreach (var client in (StompClient[])[newest, oldest, acking]) await client.SeqsAsync(1);
        foreach (var client in (StompClient[])[oldest, acking]) client.Messages.Single().Text.ShouldBe(newest.Messages.Single().Text);
        acking.Messages.Single()["ack"].ShouldNotBeNull();
        newest.Messages.Single()["ack"].ShouldBeNull();
    }

    private static async Task<StompClient[]> JoinAsync(EngineRig rig, params long[] users)
    {
        rig.Log.AddRoom(1, users);
        List<StompClient> clients = [];
        foreach (var user in users) clients.Add(await rig.ConnectAsync(user));
        return [.. clients];
    }

    /// <summary>Bytes of frames that this engine encoded.</summary>
    private sealed class EncodedBytes : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _count;

        public EncodedBytes(EngineRig rig)
        {
            _listener.SetMeasurementEventCallback<long>((instrument, bytes, _, _) =>
            {
                if (instrument == rig.Engine.Metrics.Encoded) Interlocked.Add(ref _count, bytes);
            });
            _listener.EnableMeasurementEvents(rig.Engine.Metrics.Encoded);
        }

        public long Count => Interlocked.Read(ref _count);

        public void Dispose() => _listener.Dispose();
    }
}
