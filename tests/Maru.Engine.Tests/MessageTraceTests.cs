using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Maru.Engine.Bus;
using Maru.Engine.Log;
using Maru.Engine.Problems;

namespace Maru.Engine.Tests;

/// <summary>Messages that are followed on their way, within a node and over the bus.</summary>
public sealed class MessageTraceTests : IDisposable
{
    private readonly string _trace = ActivityTraceId.CreateRandom().ToHexString();      // other tests' engines are listened to as well
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public MessageTraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == MessageTrace.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                $"{options.TraceId}" == _trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task The_parts_of_a_message_s_way_have_their_times_and_follow_one_another()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7, 8);
        var (ann, ben) = (await rig.ConnectAsync(7), await rig.ConnectAsync(8));
        await ben.SubscribeRoomAsync(1);
        rig.Log.StallAppends();
        await ann.SendAsync(Say("hello"));
        await Deadline.Until(() => rig.Log.AppendsBegun > 0, "the append");
        rig.Time.Advance(0.2);
        rig.Log.ResumeAppends();
        await ann.ReceiptAsync("r");
        await Deadline.Until(() => _ended.Count == 3, "the spans");
        _ended.Select(x => (x.OperationName, Math.Round(x.Duration.TotalSeconds, 3)))
            .ShouldBe([("commit", 0.2), ("deliver", 0), ("send", 0.2)]);
        var send = _ended.Last();
        $"{send.ParentSpanId}".ShouldBe("00f067aa0ba902b7");
        _ended.Take(2).ShouldAllBe(x => x.ParentSpanId == send.SpanId);
        send.GetTagItem("maru.seq").ShouldBe(1L);
        send.GetTagItem("maru.transport").ShouldBe("stomp");
    }

    [Fact]
    public async Task A_message_is_followed_over_the_bus()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7, 8);
        var (ann, ben) = (await rig.ConnectAsync(7), await rig.ConnectAsync(8));
        await ben.SubscribeRoomAsync(1);
        await ann.SendAsync(StompClient.Say(1, "before", "r"));
        await ann.SendAsync(Say("hello"));
        await ann.SendAsync(StompClient.Say(1, "behind", "last"));
        await ann.ReceiptAsync("last");
        await ben.SeqsAsync(3);
        var run = rig.Log.Entries(1);
        await Deadline.Until(() => _ended.Count == 3, "the spans");
        var send = _ended.Single(span => span.OperationName == "send");
        run[1].Trace = MessageTrace.Continue(send.Context, 0);
        var frame = RoomFrames.Write(run, int.MaxValue).ToArray();
        var written = TimeProvider.System.GetUtcNow().UtcDateTime;
        var reader = new FrameReader(frame.AsSpan(1));
        var read = RoomFrames.ReadRun(ref reader, new RoomId(1));
        read.Select(x => x.Trace is not null).ShouldBe([false, true, false]);
        var context = read[1].Trace!.Context;
        (context.TraceId, context.SpanId).ShouldBe((send.TraceId, send.SpanId));
        var way = _ended.Last();
        (way.OperationName, way.ParentSpanId).ShouldBe(("bus", send.SpanId));
        way.StartTimeUtc.ShouldBe(written, TimeSpan.FromSeconds(10));   // and not a minute ago, as that of 0 is

        using var other = new EngineRig(bus: new GatedBus());
        other.Log.AddRoom(1, 8);
        var there = await other.ConnectAsync(8);
        await there.SubscribeRoomAsync(1);
        other.Engine.Receive(new RoomId(1), read);
        await there.SeqsAsync(3);
        await Deadline.Until(() => _ended.Count == 6, "the span of the other node");
        (_ended.Last().OperationName, _ended.Last().ParentSpanId).ShouldBe(("deliver", context.SpanId));
    }

    [Fact]
    public async Task A_refused_message_ends_with_the_reason()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var ann = await rig.ConnectAsync(7);
        rig.Log.AppendFault = _ => new RoomLogException(Problem.Unavailable, new IOException());
        await ann.SendAsync(Say("hello"));
        await Deadline.Until(() => _ended.Count == 1, "the span");
        _ended.Single().GetTagItem("error.type").ShouldBe("unavailable");
        _ended.Single().Status.ShouldBe(ActivityStatusCode.Error);
        rig.TakeErrors().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.1")]
    [InlineData("1.2")]
    public async Task A_refusal_names_the_trace_that_the_client_gave_followed_or_not(string version)
    {
        const string Unfollowed = "4bf92f3577b34da6a3ce929d0e0e4736";
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var ann = await rig.ConnectAsync(7, version);
        await ann.ListenForRefusalsAsync();
        foreach (var trace in (string[])[_trace, Unfollowed])
        {
            await ann.SendAsync(StompClient.Say(2, "hello", trace, $"traceparent:00-{trace}-00f067aa0ba902b7-01\n"));
            TraceOf(await ann.RefusalAsync(trace)).ShouldBe(trace);
        }

        rig.Log.AppendFault = _ => new RoomLogException(Problem.Unavailable, new IOException());
        await ann.SendAsync(StompClient.Say(1, "hello", "r", $"traceparent:00-{Unfollowed}-00f067aa0ba902b7-00\n"));
        TraceOf(await ann.RefusalAsync("r")).ShouldBe(Unfollowed);
        rig.TakeErrors().ShouldHaveSingleItem();
        await ann.SendAsync($"SEND\nreceipt:r\ntraceparent:00-{Unfollowed}-00f067aa0ba902b7-00\n\n\0");
        TraceOf(await ann.ErrorAsync("bad-frame")).ShouldBe(Unfollowed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("traceparent:00-00000000000000000000000000000000-00f067aa0ba902b7-00\n")]
    [InlineData("traceparent:00-4bf92f3577b34da6a3ce929d0e0e473x-00f067aa0ba902b7-00\n")]
    [InlineData("traceparent:00-4bf92f3577b34da6a3ce929d0e0e4736\n")]
    [InlineData("traceparent:\n")]
    public async Task A_refusal_of_a_frame_without_a_trace_names_none(string header)
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var ann = await rig.ConnectAsync(7);
        await ann.ListenForRefusalsAsync();
        await ann.SendAsync(StompClient.Say(2, "hello", "r", header));
        TraceOf(await ann.RefusalAsync("r")).ShouldBeNull();
    }

    [Fact]
    public async Task No_sender_decides_that_a_message_is_followed()
    {
        using var rig = new EngineRig(options => options.TraceRatio = 0);
        rig.Log.AddRoom(1, 7);
        var ann = await rig.ConnectAsync(7);
        await ann.SendAsync(Say("hello"));
        await ann.ReceiptAsync("r");
        _ended.ShouldBeEmpty();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) MessageTrace.IsNext(0).ShouldBeFalse();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000, "what is not followed allocates nothing");
    }

    private static string? TraceOf(ReceivedFrame refusal) =>
        JsonDocument.Parse(refusal.Body).RootElement.TryGetProperty("traceId", out var trace) ? trace.GetString() : null;

    private string Say(string text) => StompClient.Say(1, text, "r").Replace("\n\n", $"\ntraceparent:00-{_trace}-00f067aa0ba902b7-00\n\n");
}
