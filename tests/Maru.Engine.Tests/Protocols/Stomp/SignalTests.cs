using System.Text;
using Maru.Engine.Codecs;

namespace Maru.Engine.Tests.Protocols.Stomp;

public sealed class SignalTests
{
    [Fact]
    public async Task Body_and_headers_reach_every_version_unchanged_with_the_sender_added()
    {
        using var rig = Rig();
        StompClient[] listeners = [await rig.ConnectAsync(8, "1.0"), await rig.ConnectAsync(8, "1.1"), await rig.ConnectAsync(8, "1.2")];
        foreach (var listener in listeners) await listener.SubscribeAsync("/topic/rooms/1/signals/cursor", "c");
        var sender = await rig.ConnectAsync(7);
        byte[] frame =
        [
            .. "SEND\ndestination:/topic/rooms/1/signals/cursor\nx:a\\cb\\\\\nx:second\nsender:99\n"u8,
            .. "content-type:image/x\nreceipt:r\ncontent-length:4\n\n"u8,
            0, 0xFF, (byte)'a', 0, 0,
        ];
        await sender.SendAsync(frame);
        await sender.ReceiptAsync("r");
        foreach (var listener in listeners)
        {
            await listener.UntilAsync(() => listener.Messages.Any(), "the signal");
            var signal = listener.Messages.Single();
            signal.Body.ShouldBe([0, 0xFF, (byte)'a', 0]);
            signal.Opcode.ShouldBe(WebSocketOpcode.Binary);
            signal.Headers.Where(x => x.Name == "x").Select(x => x.Value).ShouldBe(["a:b\\", "second"]);
            signal.Headers.Where(x => x.Name == "sender").Select(x => x.Value).ShouldBe(["7"]);
            (signal["content-type"], signal["destination"], signal["subscription"], signal["seq"])
                .ShouldBe(("image/x", "/topic/rooms/1/signals/cursor", "c", null));
        }
    }

    [Fact]
    public async Task Text_goes_as_text_to_those_who_listen_to_that_name_only()
    {
        using var rig = Rig();
        var listener = await rig.ConnectAsync(8);
        await listener.SubscribeAsync("/topic/rooms/1/signals/a", "a");
        await listener.SubscribeAsync("/topic/rooms/1/signals/b", "b");
        await listener.SubscribeRoomAsync(1);
        var sender = await rig.ConnectAsync(7);
        await sender.SendAsync("SEND\ndestination:/topic/rooms/1/signals/b\n\nhä\0");
        await listener.UntilAsync(() => listener.Messages.Any(), "the signal");
        (listener.Messages.Single()["subscription"], listener.Messages.Single().Opcode).ShouldBe(("b", WebSocketOpcode.Text));
        rig.Log.Entries(1).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_slow_client_loses_signals_first_and_no_message()
    {
        using var rig = Rig(x => x.OutboxBytes = 4000);
        var slow = await rig.ConnectAsync(8);
        await slow.SubscribeAsync("/topic/rooms/1/signals/a", "a");
        await slow.SubscribeRoomAsync(1);
        var sender = await rig.ConnectAsync(7);
        slow.Sink.SetWindow(0);
        for (var i = 1; i <= 60; i++)
        {
            await sender.SendAsync($"SEND\ndestination:/topic/rooms/1/signals/a\n\n{i}\0");
            await sender.SayAsync(1, "x", $"r{i}");
        }

        slow.Sink.SetWindow(long.MaxValue);
        await slow.SeqsAsync(60);
        slow.Seqs().ShouldBe(Enumerable.Range(1, 60).Select(x => (long)x));
        var signals = slow.Messages.Where(x => x["subscription"] == "a")
            .Select(x => int.Parse(Encoding.ASCII.GetString(x.Body), System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        signals.Length.ShouldBeInRange(1, 30);
        signals.ShouldBeInOrder();
    }

    private static EngineRig Rig(Action<EngineOptions>? set = null)
    {
        var rig = new EngineRig(set);
        rig.Log.AddRoom(1, 7, 8);
        return rig;
    }
}
