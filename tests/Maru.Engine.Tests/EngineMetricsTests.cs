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
        metrics.Times("maru.delivery.duration").ShouldBe([0]);
    }

    /// <summary>The metrics of one engine as they are.</summary>
    private sealed class Metrics : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<string, long> _values = new();
        private readonly ConcurrentQueue<(string Name, double Value)> _times = new();

        public Metrics(EngineMetrics metrics)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == metrics.EphemeralSent.Meter) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            {
                if (tags.Length > 0) _values.AddOrUpdate($"{instrument.Name} {tags[0].Value}", value, (_, sum) => sum + value);
            });
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
                _times.Enqueue((tags.Length > 0 ? $"{instrument.Name} {tags[0].Value}" : instrument.Name, value)));
            _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => _values[instrument.Name] = value);
            _listener.Start();
        }

        public long this[string name, string kind] => _values.GetValueOrDefault($"{name} {kind}");

        public long this[string name]
        {
            get
            {
                _listener.RecordObservableInstruments();
                return _values.GetValueOrDefault(name);
            }
        }

        /// <summary>The measurements of a histogram of seconds so far.</summary>
        public double[] Times(string name) => [.. _times.Where(x => x.Name == name).Select(x => x.Value)];

        public void Dispose() => _listener.Dispose();
    }
}
