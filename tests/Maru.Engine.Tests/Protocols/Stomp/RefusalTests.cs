using Maru.Engine.Codecs;

namespace Maru.Engine.Tests.Protocols.Stomp;

public sealed class RefusalTests
{
    public static TheoryData<string, string> Refused => new()
    {
        { "SEND\ndestination:/app/rooms/9/messages\nreceipt:r\n\n{\"text\":\"x\"}\0", "not-found" },
        { "SEND\ndestination:/app/rooms/99/messages\nreceipt:r\n\n{\"text\":\"x\"}\0", "not-found" },
        { "SEND\ndestination:/topic/rooms/9/signals/a\nreceipt:r\n\nx\0", "not-found" },
        { "SUBSCRIBE\nid:x\ndestination:/topic/rooms/9\nreceipt:r\n\n\0", "not-found" },
        { "SUBSCRIBE\nid:x\ndestination:/topic/rooms/9/signals/a\nreceipt:r\n\n\0", "not-found" },
        { "SEND\ndestination:/queue/a\nreceipt:r\n\nx\0", "unknown-destination" },
        { "SEND\ndestination:/user/queue/events\nreceipt:r\n\nx\0", "unknown-destination" },
        { "SEND\ndestination:/topic/rooms/1\nreceipt:r\n\nx\0", "unknown-destination" },
        { "SUBSCRIBE\nid:x\ndestination:/app/rooms/1/messages\nreceipt:r\n\n\0", "unknown-destination" },
        { "SUBSCRIBE\nid:x\ndestination:/topic/rooms/01\nreceipt:r\n\n\0", "unknown-destination" },
        { "SUBSCRIBE\nid:x\ndestination:/topic/rooms/+1\nreceipt:r\n\n\0", "unknown-destination" },
        { "SUBSCRIBE\nid:x\ndestination:/topic/rooms/1/signals/\nreceipt:r\n\n\0", "unknown-destination" },
        { "SUBSCRIBE\nid:x\ndestination:/topic/rooms/99999999999999999999\nreceipt:r\n\n\0", "unknown-destination" },
        { "SUBSCRIBE\nid:x\ndestination:/topic/rooms/1\nafter:-1\nreceipt:r\n\n\0", "invalid" },
        { "SUBSCRIBE\nid:x\ndestination:/topic/rooms/1\nafter:x\nreceipt:r\n\n\0", "invalid" },
        { "SUBSCRIBE\nid:x\ndestination:/topic/rooms/1\nafter:01\nreceipt:r\n\n\0", "invalid" },
        { "SUBSCRIBE\nid:x\ndestination:/topic/rooms/1\nafter:+1\nreceipt:r\n\n\0", "invalid" },
        { "SUBSCRIBE\nid:x\ndestination:/topic/rooms/1\nafter:\nreceipt:r\n\n\0", "invalid" },
        { "SUBSCRIBE\nid:x\ndestination:/topic/rooms/1\nafter:9223372036854775808\nreceipt:r\n\n\0", "invalid" },
        { "SUBSCRIBE\nid:x\ndestination:/topic/rooms/0\nreceipt:r\n\n\0", "unknown-destination" },
        { "SUBSCRIBE\nid:x\ndestination:/topic/rooms/1x\nreceipt:r\n\n\0", "unknown-destination" },
        { "SEND\ndestination:/app/rooms/1/messages\nreceipt:r\n\nnot json\0", "malformed" },
    };

    /// <summary>Broken in itself: these end the connection whoever listens.</summary>
    public static TheoryData<string> Broken =>
    [
        "SEND\nreceipt:r\n\nx\0",
        "SUBSCRIBE\nid:x\nreceipt:r\n\n\0",
        "SUBSCRIBE\ndestination:/topic/rooms/1\nreceipt:r\n\n\0",
        "SUBSCRIBE\nid:x\ndestination:/topic/rooms/1\nack:maybe\nreceipt:r\n\n\0",
        "UNSUBSCRIBE\nreceipt:r\n\n\0",
        "ACK\nreceipt:r\n\n\0",
        "NACK\nsubscription:1\nmessage-id:1\nreceipt:r\n\n\0",
        "BEGIN\nreceipt:r\n\n\0",
        "COMMIT\ntransaction:none\nreceipt:r\n\n\0",
        "ABORT\ntransaction:none\nreceipt:r\n\n\0",
        "SEND\ndestination:/app/rooms/1/messages\ntransaction:none\nreceipt:r\n\n{}\0",
        "ACK\nid:1\ntransaction:none\nreceipt:r\n\n\0",
        "MESSAGE\nsubscription:1\nreceipt:r\n\nx\0",
        "RECEIPT\nreceipt-id:1\nreceipt:r\n\n\0",
        "CONNECTED\nversion:1.2\nreceipt:r\n\n\0",
    ];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Who_listens_for_refusals_gets_them_with_the_receipt_and_stays(string frame, string slug)
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SendAsync(frame);
        var refusal = await client.RefusalAsync("r");
        refusal["subscription"].ShouldBe("errors");
        refusal.Text.ShouldStartWith($"{{\"type\":\"{slug}\"");
        await client.SayAsync(1, "still here", "r2");
        client.Frames.ShouldNotContain(x => x.Command == StompCommand.Receipt && x["receipt-id"] == "r");
    }

    [Theory]
    [InlineData("SEND\ndestination:/app/rooms/1/messages\nreceipt:r\n\n{\"text\":7}\0", "text")]
    [InlineData("SEND\ndestination:/app/rooms/1/messages\nreceipt:r\n\n{\"text\":\"x\",\"replyTo\":9}\0", "replyTo")]
    [InlineData("SUBSCRIBE\nid:x\ndestination:/topic/rooms/1\nafter:x\nreceipt:r\n\n\0", "after")]
    public async Task A_wrong_field_has_its_text_in_errors_as_over_HTTP(string frame, string field)
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SendAsync(frame);
        var problem = System.Text.Json.JsonDocument.Parse((await client.RefusalAsync("r")).Text).RootElement;
        problem.GetProperty("errors").GetProperty(field)[0].GetString().ShouldStartWith(field);
        problem.TryGetProperty("detail", out _).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Who_does_not_gets_an_error_with_the_receipt_and_is_closed(string frame, string slug)
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.SendAsync(frame);
        (await client.ErrorAsync(slug))["receipt-id"].ShouldBe("r");
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_broken_frame_always_ends_the_connection(string frame)
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SendAsync(frame);
        (await client.ErrorAsync("bad-frame"))["receipt-id"].ShouldBe("r");
        client.CloseCode.ShouldBe(1002);
    }

    [Theory]
    [InlineData("ACK\nid:1\nreceipt:r\n\n\0", "1.2")]
    [InlineData("NACK\nid:1\nreceipt:r\n\n\0", "1.2")]
    [InlineData("ACK\nsubscription:0\nmessage-id:1\nreceipt:r\n\n\0", "1.1")]
    [InlineData("NACK\nsubscription:0\nmessage-id:1\nreceipt:r\n\n\0", "1.1")]
    [InlineData("ACK\nmessage-id:1\nreceipt:r\n\n\0", "1.0")]
    public async Task Ack_and_nack_in_their_versions_form_change_nothing(string frame, string version)
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7, version);
        await client.SendAsync(frame);
        await client.ReceiptAsync("r");
    }

    [Fact]
    public async Task A_frame_over_a_limit_is_too_large()
    {
        using var rig = new EngineRig(x => x.MaxBodyBytes = 10);
        var client = await rig.ConnectAsync(7);
        await client.ListenForRefusalsAsync();
        await client.SendAsync("SEND\ndestination:/queue/a\ncontent-length:11\n\n");
        await client.ErrorAsync("too-large");
        client.CloseCode.ShouldBe(1009);
    }

    [Fact]
    public async Task A_receipt_id_of_any_text_comes_back_as_it_was()
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.SendAsync("BEGIN\ntransaction:t\nreceipt:\\c\\n\\\\ 한\n\n\0");
        var receipt = await client.FrameAsync(x => x.Command == StompCommand.Receipt, "the receipt");
        System.Text.Encoding.UTF8.GetString(System.Text.Encoding.Latin1.GetBytes(receipt["receipt-id"]!)).ShouldBe(":\n\\ 한");
    }

    [Theory]
    [InlineData("SUBSCRIBE\nid:1\ndestination:/topic/rooms/1\nreceipt:r\n\nbody\0")]
    [InlineData("FLY\nreceipt:r\n\n\0")]
    [InlineData("SEND\nreceipt:r\n\n\0")]
    [InlineData("SEND\nreceipt:r\nbroken\n\n\0")]
    [InlineData("SEND\nreceipt:r\ncontent-length:x\n\n\0")]
    [InlineData("SEND\ndestination:/a\nreceipt:r\ncontent-length:1\n\nxx\0")]
    [InlineData("MESSAGE\nreceipt:r\n\n\0")]
    public async Task An_error_names_the_receipt_wherever_one_was_asked_for(string frame)
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.SendAsync(frame);
        (await client.ErrorAsync("bad-frame"))["receipt-id"].ShouldBe("r");
    }

    [Theory]
    [InlineData("SEND\ndestination\n", "bad-frame")]
    [InlineData("SEND\n:a\n", "bad-frame")]
    [InlineData("SEND\na:\xff\n", "bad-frame")]
    [InlineData("SEND\na:\\t\n", "bad-frame")]
    [InlineData("SEND\na:b\rc\n", "bad-frame")]
    [InlineData("SEND\ncontent-length:x\n", "bad-frame")]
    [InlineData("SEND\ncontent-length:65537\n", "too-large")]
    [InlineData("FLY\nbroken\n", "bad-frame")]
    [InlineData("AN-UNKNOWN-COMMAND-THAT-IS-LONGER-THAN-ANY-OF-STOMP\n", "bad-frame")]
    public async Task A_receipt_is_named_behind_the_fault_too(string head, string slug)
    {
        foreach (var end in (string[])["\n", "\r\n"])
        {
            var error = await RefusedAsync($"{head}receipt:r{end}a:{end}{end}receipt:body\0", slug);
            error["receipt-id"].ShouldBe("r");
        }
    }

    [Theory]
    [InlineData("SEND\nbroken\n")]
    [InlineData("SEND\nbroken\nrecei")]
    [InlineData("SEND\nbroken\n\nreceipt:body\n\n\0")]
    [InlineData("SEND\nbroken\0\nSEND\nreceipt:next\n\n\0")]
    [InlineData("SEND\nreceipt\nreceipt-id:r\n\n\0")]
    [InlineData("SEND\nreceipt:\xff\nreceipt:second\n\n\0")]
    [InlineData("SEND\nreceipt:\\t\n\n\0")]
    [InlineData("receipt:command\n\n\0")]
    public async Task An_error_names_no_receipt_that_is_not_the_frames_own(string frame) =>
        (await RefusedAsync(frame, "bad-frame"))["receipt-id"].ShouldBeNull();

    [Fact]
    public async Task A_receipt_is_looked_for_no_further_than_headers_may_reach()
    {
        var far = new string('a', new EngineOptions().MaxHeaderBytes);
        (await RefusedAsync($"SEND\nbroken\na:{far}\nreceipt:r\n\n\0", "bad-frame"))["receipt-id"].ShouldBeNull();
        (await RefusedAsync($"SEND\nreceipt:r\na:{far}\n\n\0", "too-large"))["receipt-id"].ShouldBe("r");
    }

    /// <summary>Sends Latin-1, in which every byte can be written.</summary>
    private static async Task<ReceivedFrame> RefusedAsync(string frame, string slug)
    {
        using var rig = Rig();
        var client = await rig.ConnectAsync(7);
        await client.SendAsync(System.Text.Encoding.Latin1.GetBytes(frame));
        return await client.ErrorAsync(slug);
    }

    private static EngineRig Rig()
    {
        var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        rig.Log.AddRoom(9, 8);
        return rig;
    }
}
