using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Maru.Engine.Bus;

namespace Maru.Engine.Tests;

/// <summary>What the metrics of the moment count.</summary>
public sealed class EngineMetricsTests
{
    [Fact]
    public async Task Events_of_reading_that_were_sent_and_those_that_were_dropped_are_counted()
    {
        using var rig = new EngineRig();
        using var metrics = new Metrics(rig.Engine.Metrics);
        rig.Log.AddRoom(1, 8);
        var ben = await rig.ConnectAsync(8);
        await ben.SubscribeRoomAsync(1);
        for (var user = 1; user <= 1000; user++)
            rig.Engine.TellRead(new RoomId(1), new ReaderPosition(new UserId(user), Seq: 5, Version: 1));
        rig.Time.Advance(0.25);
        await ben.UntilAsync(() => ben.Messages.Count() == 50, "as many as may be sent at once");
        (metrics["maru.ephemeral.sent", "read"], metrics["maru.ephemeral.dropped", "read"]).ShouldBe((50, 900));
        metrics["maru.ephemeral.sent", "typing"].ShouldBe(0);
    }

    [Fact]
    public async Task People_who_are_here_those_who_watch_and_what_they_are_told_are_counted()
    {
        using var node = new PresenceRig();
        using var metrics = new Metrics(node.Rig.Engine.Metrics);
        var ann = await node.WatchAsync(7, "8,9");
        var ben = await node.ConnectAsync(8);
        node.Pass(2);
        (metrics["maru.presence.people"], metrics["maru.presence.watches"]).ShouldBe((2, 1));
        metrics["maru.ephemeral.sent", "presence"].ShouldBe(PresenceRig.Told(ann).Length);
        ann.Session.Closed();
        ben.Session.Closed();
        node.Pass(15);
        (metrics["maru.presence.people"], metrics["maru.presence.watches"]).ShouldBe((0, 0));
    }

    [Fact]
    public async Task How_long_a_message_waited_for_the_store_is_told_by_transport_and_how_long_its_delivery_took()
    {
        using var rig = new EngineRig();
        using var metrics = new Metrics(rig.Engine.Metrics);
        rig.Log.AddRoom(1, 7, 8);
        var (ann, ben) = (await rig.ConnectAsync(7), await rig.ConnectAsync(8));
        await ben.SubscribeRoomAsync(1);
        rig.Log.StallAppends();
        await ann.SendAsync(StompClient.Say(1, "hello", "r"));
        await Deadline.Until(() => rig.Log.AppendsBegun > 0, "the append");
        rig.Time.Advance(0.2);
        rig.Log.ResumeAppends();
        await ann.ReceiptAsync("r");
        await ben.SeqsAsync(1);
        await Deadline.Until(() => metrics.Times("maru.write.receipt.duration stomp").Length == 1, "the time of the receipt");
        metrics.Times("maru.write.durable.duration stomp").ShouldBe([0.2]);
        metrics.Times("maru.write.receipt.duration stomp").ShouldBe([0.2]);
        metrics.Times("maru.delivery.duration stomp here").ShouldBe([0]);
    }

    [Fact]
    public async Task Connections_subscriptions_and_what_waits_are_told_by_transport()
    {
        using var rig = new EngineRig();
        using var metrics = new Metrics(rig.Engine.Metrics);
        rig.Log.AddRoom(1, 7, 8);
        var slow = new MemorySink();
        var (ann, ben) = (await rig.ConnectAsync(7), await rig.ConnectAsync(8, sink: slow));
        await ben.SubscribeRoomAsync(1);
        metrics["maru.connections", "stomp"].ShouldBe(2);
        metrics["maru.subscriptions", "stomp"].ShouldBe(1);
        metrics["maru.outbox.size", "stomp"].ShouldBe(0);
        slow.SetWindow(0);
        await ann.SendAsync(StompClient.Say(1, "hello", "r"));
        await ann.ReceiptAsync("r");
        await Deadline.Until(() => metrics["maru.outbox.size", "stomp"] > 0, "what waits for the slow client");
        ben.Session.Closed();
        await Deadline.Until(() => metrics["maru.subscriptions", "stomp"] == 0, "the end of the subscription");
        metrics["maru.connections", "stomp"].ShouldBe(1);
    }

    [Fact]
    public async Task A_refusal_is_counted_by_its_reason_and_transport()
    {
        using var rig = new EngineRig();
        using var metrics = new Metrics(rig.Engine.Metrics);
        rig.Log.AddRoom(1, 7);
        var ben = await rig.ConnectAsync(8);
        await ben.SendAsync(StompClient.Say(1, "hello", "r"));
        await Deadline.Until(() => metrics["maru.refusals", "not-found stomp"] == 1, "the refusal");
    }

    [Fact]
    public async Task A_gap_is_counted_by_what_filled_it()
    {
        using var rig = new EngineRig(bus: new GatedBus());
        using var metrics = new Metrics(rig.Engine.Metrics);
        rig.Log.AddRoom(1, 7);
        var ann = await rig.ConnectAsync(7);
        await ann.SubscribeRoomAsync(1);
        rig.Log.Seed(1, 4);
        var entries = rig.Log.Entries(1);
        rig.Engine.Receive(new RoomId(1), entries[2..]);
        await Deadline.Until(() => rig.Time.IsAwaited(rig.Engine.Options.GapPatience), "patience");
        rig.Engine.Receive(new RoomId(1), entries[..3]);
        await ann.SeqsAsync(4);
        rig.Time.Advance(rig.Engine.Options.GapPatience);
        await Deadline.Until(() => metrics["maru.tail.gaps", "bus"] == 1, "the gap that the bus filled");
        rig.Log.Seed(1, 1);
        rig.Engine.ReceiveHead(new RoomId(1), 5);
        await ann.SeqsAsync(5);
        await Deadline.Until(() => metrics["maru.tail.gaps", "store"] == 1, "the gap that was read");
        metrics["maru.tail.gaps", "bus"].ShouldBe(1);
    }

    /// <summary>The metrics of one engine as they are.</summary>
    private sealed class Metrics : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<string, long> _values = new();
        private readonly ConcurrentDictionary<string, long> _gauges = new();
        private readonly ConcurrentQueue<(string Name, double Value)> _times = new();

        public Metrics(EngineMetrics metrics)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == metrics.Meter) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _times.Enqueue((Key(instrument, tags), value)));
            _listener.Start();
        }

        /// <param name="name">of the instrument</param>
        /// <param name="labels">their values, with a blank between them</param>
        public long this[string name, string labels]
        {
            get
            {
                _gauges.Clear();
                _listener.RecordObservableInstruments();
                return _values.GetValueOrDefault($"{name} {labels}") + _gauges.GetValueOrDefault($"{name} {labels}");
            }
        }

        public long this[string name] => this[name, ""];

        /// <summary>The measurements of a histogram of seconds so far.</summary>
        public double[] Times(string name) => [.. _times.Where(x => x.Name == name).Select(x => x.Value)];

        public void Dispose() => _listener.Dispose();

        private static string Key(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            List<object?> values = [instrument.Name];
            foreach (var (_, value) in tags) values.Add(value);
            if (tags.Length == 0) values.Add("");
            return string.Join(' ', values);
        }

        private void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (instrument.IsObservable) _gauges[Key(instrument, tags)] = value;
            else _values.AddOrUpdate(Key(instrument, tags), value, (_, sum) => sum + value);
        }
    }
}
