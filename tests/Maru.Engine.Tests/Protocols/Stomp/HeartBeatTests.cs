namespace Maru.Engine.Tests.Protocols.Stomp;

public sealed class HeartBeatTests
{
    [Fact]
    public async Task The_server_beats_as_often_as_both_agree()
    {
        using var rig = new EngineRig();
        var client = rig.NewClient();
        await client.ConnectAsync("7", more: "heart-beat:0,4000\n");
        rig.Time.Advance(30);
        // Every 10 s at the latest: its own pace is slower than the client's wish. The silent client is left alone, it promised nothing.
        client.HeartBeats.ShouldBeInRange(3, 4);
        client.Sink.IsEnded.ShouldBeFalse();
    }

    [Theory]
    [InlineData("2147483647,2147483647")]
    [InlineData("4294967296,99999999999999999999999999")]
    public async Task Beats_that_are_due_in_weeks_are_neither_sent_nor_missed(string beats)
    {
        using var rig = new EngineRig();
        var client = rig.NewClient();
        await client.ConnectAsync("7", more: $"heart-beat:{beats}\n");
        rig.Time.Advance(300);
        client.HeartBeats.ShouldBe(0);
        client.Sink.IsEnded.ShouldBeFalse();
    }

    [Fact]
    public async Task A_client_that_wants_none_gets_none()
    {
        using var rig = new EngineRig();
        var client = rig.NewClient();
        await client.ConnectAsync("7", more: "heart-beat:0,0\n");
        rig.Time.Advance(29);
        client.HeartBeats.ShouldBe(0);
    }

    [Fact]
    public async Task No_beat_is_sent_while_messages_are()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        var client = rig.NewClient();
        await client.ConnectAsync("7", more: "heart-beat:0,10000\n");
        await client.SubscribeRoomAsync(1);
        for (var i = 1; i <= 10; i++)
        {
            rig.Time.Advance(4);
            await client.SayAsync(1, "x", $"r{i}");
        }

        client.HeartBeats.ShouldBe(0);
    }

    [Fact]
    public async Task A_client_that_breaks_its_promise_is_closed_and_one_that_keeps_it_is_not()
    {
        using var rig = new EngineRig();
        var silent = rig.NewClient();
        var alive = rig.NewClient();
        await silent.ConnectAsync("7", more: "heart-beat:10000,0\n");
        await alive.ConnectAsync("8", more: "heart-beat:10000,0\n");
        for (var i = 0; i < 23; i++)
        {
            rig.Time.Advance(1);
            await alive.SendAsync("\n");
        }

        await silent.ErrorAsync("heart-beat-lost");
        alive.Sink.IsEnded.ShouldBeFalse();
    }

    [Fact]
    public async Task A_client_without_heart_beats_is_pinged_and_closed_when_it_does_not_answer()
    {
        using var rig = new EngineRig();
        var silent = await rig.ConnectAsync(7);
        var alive = await rig.ConnectAsync(8);
        for (var i = 0; i < 91; i++)
        {
            rig.Time.Advance(1);
            if (alive.Pings > i / 31) alive.Session.Connection.Heard();
        }

        silent.Pings.ShouldBe(1);
        await silent.ErrorAsync("heart-beat-lost");
        alive.Sink.IsEnded.ShouldBeFalse();
        alive.Pings.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_client_that_takes_nothing_for_the_time_set_is_cut()
    {
        using var rig = new EngineRig();
        var client = await rig.ConnectAsync(7, sink: new MemorySink());
        client.Sink.SetWindow(0);
        await client.SendAsync("SUBSCRIBE\nid:e\ndestination:/user/queue/events\nreceipt:r\n\n\0");
        for (var i = 0; i < new EngineOptions().SlowClientTimeout.TotalSeconds; i++)
        {
            rig.Time.Advance(1);
            await client.SendAsync("\n");
        }

        client.Sink.IsAborted.ShouldBeFalse();
        rig.Time.Advance(2);
        client.Sink.IsAborted.ShouldBeTrue();
    }

    [Fact]
    public async Task Last_words_that_nobody_fetches_are_given_up()
    {
        using var rig = new EngineRig();
        var client = await rig.ConnectAsync(7);
        client.Sink.SetWindow(0);
        await client.SendAsync("FLY\n\n\0");
        rig.Time.Advance(4);
        client.Sink.IsAborted.ShouldBeFalse();
        rig.Time.Advance(2);
        client.Sink.IsAborted.ShouldBeTrue();
    }
}
