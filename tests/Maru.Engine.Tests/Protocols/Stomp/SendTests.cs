using System.Text.Json;
using Maru.Engine.Codecs;

namespace Maru.Engine.Tests.Protocols.Stomp;

public sealed class SendTests
{
    [Fact]
    public async Task A_receipt_names_the_seq_and_the_room_and_comes_after_the_commit()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(5, 7);
        var client = await rig.ConnectAsync(7);
        rig.Log.StallAppends();
        await client.SendAsync(StompClient.Say(5, "one", "r1"));
        client.Frames.ShouldNotContain(x => x.Command == StompCommand.Receipt);
        rig.Log.ResumeAppends();
        var receipt = await client.ReceiptAsync("r1");
        (receipt["seq"], receipt["room"]).ShouldBe(("1", "5"));
        rig.Log.Entries(5).Count.ShouldBe(1);
        (await client.SayAsync(5, "two", "r2"))["seq"].ShouldBe("2");
    }

    [Fact]
    public async Task The_event_is_the_message_and_the_sender_is_whom_the_token_says()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(5, 7);
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(5);
        await client.SendAsync(
            "SEND\ndestination:/app/rooms/5/messages\nclient-key:k\\c1\nsender:99\n\n"
                + "{\"text\":\"h\\u00e4 \\ud55c\",\"sender\":{\"id\":99},\"extra\":[{}]}\0");
        await client.SeqsAsync(1);
        var message = client.Messages.Single();
        message["destination"].ShouldBe("/topic/rooms/5");
        message["content-type"].ShouldBe("application/json");
        message.Opcode.ShouldBe(WebSocketOpcode.Text);
        using var json = JsonDocument.Parse(message.Body);
        json.RootElement.GetProperty("type").GetString().ShouldBe("message.created");
        json.RootElement.GetProperty("seq").GetInt64().ShouldBe(1);
        var fields = json.RootElement.GetProperty("message");
        fields.GetProperty("sender").GetProperty("id").GetInt64().ShouldBe(7);
        fields.GetProperty("text").GetString().ShouldBe("hä 한");
        fields.GetProperty("clientKey").GetString().ShouldBe("k:1");
    }

    [Fact]
    public async Task The_same_key_is_answered_with_the_first_seq_and_another_text_is_a_conflict()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(5, 7, 8);
        var client = await rig.ConnectAsync(7);
        var other = await rig.ConnectAsync(8);
        await client.ListenForRefusalsAsync();
        (await client.SayAsync(5, "one", "r1", "client-key:k\n"))["seq"].ShouldBe("1");
        (await client.SayAsync(5, "one", "r2", "client-key:k\n"))["seq"].ShouldBe("1");
        (await other.SayAsync(5, "mine", "r3", "client-key:k\n"))["seq"].ShouldBe("2", "a key is its sender's own");
        await client.SendAsync(StompClient.Say(5, "two", "r4", "client-key:k\n"));
        (await client.RefusalAsync("r4")).Text.ShouldContain("idempotency-key-reused");
        rig.Log.Entries(5).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("", "malformed")]
    [InlineData("[]", "malformed")]
    [InlineData("{}", "invalid")]
    [InlineData("{\"text\":1}", "invalid")]
    [InlineData("{\"text\":null}", "invalid")]
    [InlineData("{\"text\":\"  \\n\"}", "invalid")]
    [InlineData("{\"text\":\"\\u00a0\\u200b\"}", "invalid")]
    [InlineData("{\"text\":\"a\\u0000\"}", "invalid")]
    [InlineData("{\"text\":\"a\"", "malformed")]
    [InlineData("{\"text\":\"a\"}x", "malformed")]
    [InlineData("{\"text\":\"\\ud800\"}", "malformed")]
    [InlineData("{\"text\":\"a\",\"replyTo\":0}", "invalid")]
    [InlineData("{\"text\":\"a\",\"replyTo\":1.5}", "invalid")]
    [InlineData("{\"text\":\"a\",\"replyTo\":\"1\"}", "invalid")]
    [InlineData("{\"text\":\"a\",\"files\":[1]}", "invalid")]
    [InlineData("{\"text\":\"a\",\"text\":\"b\"}", "malformed")]
    [InlineData("{\"text\":\"a\",\"replyTo\":null,\"replyTo\":null}", "malformed")]
    [InlineData("{\"files\":[],\"text\":\"a\",\"files\":[]}", "malformed")]
    [InlineData("{\"Text\":\"a\"}", "invalid")]
    [InlineData("{\"text\":\"0123456789\"}", "too-large")]
    public async Task A_body_that_is_no_message_is_refused(string body, string slug)
    {
        using var rig = new EngineRig(x => x.MaxTextBytes = 9);
        rig.Log.AddRoom(5, 7);
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SendAsync($"SEND\ndestination:/app/rooms/5/messages\nreceipt:r\n\n{body}\0");
        (await client.RefusalAsync("r")).Text.ShouldContain($"\"type\":\"{slug}\"");
        (await client.SayAsync(5, "still fine"[..9], "r2"))["seq"].ShouldBe("1");
    }

    [Theory]
    [InlineData("\uFEFF{\"text\":\"a\"}")]
    [InlineData("{\"foo\":1,\"text\":\"a\",\"foo\":2}")]
    [InlineData("{\"text\":\"a\",\"Text\":\"b\",\"TEXT\":1}")]
    public async Task A_byte_order_mark_and_fields_of_other_names_change_nothing(string body)
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(5, 7);
        var client = await rig.ConnectAsync(7);
        await client.SendAsync($"SEND\ndestination:/app/rooms/5/messages\nreceipt:r\n\n{body}\0");
        (await client.ReceiptAsync("r"))["seq"].ShouldBe("1");
        System.Text.Encoding.UTF8.GetString(rig.Log.Entries(5).ShouldHaveSingleItem().Body).ShouldContain("\"text\":\"a\"");
    }

    [Theory]
    [InlineData("{\"text\":\"\u00ff\"}")]
    [InlineData("{\"text\":\"a\",\"x\":\"\u00c0\u00af\"}")]
    public async Task A_body_that_is_not_utf8_is_refused_because_it_would_break_everyone_elses_text_frames(string latin)
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(5, 7);
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SendAsync(System.Text.Encoding.Latin1.GetBytes($"SEND\ndestination:/app/rooms/5/messages\nreceipt:r\n\n{latin}\0"));
        (await client.RefusalAsync("r")).Text.ShouldContain("\"type\":\"malformed\"");
        rig.Log.Entries(5).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("client-key:\n")]
    [InlineData("client-key:0123456789\n")]
    public async Task A_key_has_one_byte_at_least_and_not_too_many(string header)
    {
        using var rig = new EngineRig(x => x.MaxClientKeyBytes = 9);
        rig.Log.AddRoom(5, 7);
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SendAsync(StompClient.Say(5, "x", "r", header));
        (await client.RefusalAsync("r")).Text.ShouldContain("client-key");
    }

    [Fact]
    public async Task A_user_may_send_a_burst_and_then_so_many_a_second_over_all_connections()
    {
        using var rig = new EngineRig(x => (x.MessagesPerSecond, x.MessageBurst) = (2, 3));
        rig.Log.AddRoom(5, 7);
        var one = await rig.ConnectAsync(7);
        var two = await rig.ConnectAsync(7);
        await two.ListenForRefusalsAsync();
        await one.SayAsync(5, "x", "r1");
        await one.SayAsync(5, "x", "r2");
        await two.SayAsync(5, "x", "r3");
        await two.SendAsync(StompClient.Say(5, "x", "r4"));
        (await two.RefusalAsync("r4")).Text.ShouldContain("\"type\":\"rate-limited\",");
        rig.Time.Advance(0.5);
        await two.SayAsync(5, "x", "r5");
        await two.SendAsync(StompClient.Say(5, "x", "r6"));
        await two.RefusalAsync("r6");
        rig.Log.Entries(5).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Coming_back_pays_no_debts()
    {
        using var rig = new EngineRig(x => (x.MessagesPerSecond, x.MessageBurst) = (2, 3));
        rig.Log.AddRoom(5, 7);
        var before = await rig.ConnectAsync(7);
        foreach (var receipt in new[] { "r1", "r2", "r3" }) await before.SayAsync(5, "x", receipt);
        before.Session.Closed();
        var after = await rig.ConnectAsync(7);
        await after.ListenForRefusalsAsync();
        await after.SendAsync(StompClient.Say(5, "x", "r4"));
        (await after.RefusalAsync("r4")).Text.ShouldContain("\"type\":\"rate-limited\",");
    }

    [Fact]
    public async Task Frames_over_many_pieces_and_many_frames_in_one_piece_are_all_taken_in_order()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(5, 7);
        var client = await rig.ConnectAsync(7);
        await client.SubscribeRoomAsync(5);
        var stream = string.Concat(Enumerable.Range(1, 60).Select(i => StompClient.Say(5, $"m{i}") + "\n"));
        var bytes = System.Text.Encoding.ASCII.GetBytes(stream);
        await client.SendAsync(bytes);
        foreach (var piece in Codecs.Splits.AtRandom(bytes, new Random(1), 100)) await client.SendAsync(piece);
        await client.SeqsAsync(120);
        client.Messages.Select(x => JsonDocument.Parse(x.Body).RootElement.GetProperty("message").GetProperty("text").GetString())
            .ShouldBe([.. Enumerable.Range(1, 60).Select(i => $"m{i}"), .. Enumerable.Range(1, 60).Select(i => $"m{i}")]);
    }
}
