using System.Text;
using System.Text.Json;
using Maru.Engine;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Realtime;

/// <summary>STOMP frames need not lie in WebSocket messages as one expects.</summary>
public sealed class FramingTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task Several_frames_in_one_message(string path)
    {
        var (ann, room, socket) = await MakeAsync(path);
        await using var _ = socket;
        var frames = new StringBuilder();
        frames.Append(ClientFrames.Stomp("SUBSCRIBE", "", ("destination", $"/topic/rooms/{room}"), ("id", "a")));
        for (var i = 0; i < 5; i++)
            frames.Append('\n').Append(
                ClientFrames.Stomp("SEND", $$"""{"text":"{{i}}"}""", ("destination", $"/app/rooms/{room}/messages"), ("receipt", $"{i}")));
        await socket.WriteAsync(ClientFrames.Message(frames.ToString()));
        for (var i = 0; i < 5; i++)
            (await socket.EventAsync("message.created")).Json.GetProperty("message").GetProperty("text").GetString().ShouldBe($"{i}");
        for (var i = 0; i < 5; i++) await socket.ReceiptAsync($"{i}");
        ann.Id.ShouldBePositive();
    }

    [Theory]
    [InlineData("/ws", 1, false)]
    [InlineData("/ws", 7, true)]
    [InlineData("/ws?x=1", 3, false)]
    [InlineData("/ws?x=1", 1, true)]
    public async Task One_frame_over_many_messages(string path, int size, bool binary)
    {
        var (_, room, socket) = await MakeAsync(path);
        await using var _ = socket;
        var send = Encoding.ASCII.GetBytes(
            ClientFrames.Stomp("SEND", """{"text":"cut to pieces"}""", ("destination", $"/app/rooms/{room}/messages"), ("receipt", "x")));
        foreach (var piece in send.Chunk(size)) await socket.WriteAsync(ClientFrames.Message(piece, binary));
        (await socket.ReceiptAsync("x")).Seq.ShouldBePositive();
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task One_message_over_many_fragments_with_a_ping_between(string path)
    {
        var (_, room, socket) = await MakeAsync(path);
        await using var _ = socket;
        var send = Encoding.UTF8.GetBytes(
            ClientFrames.Stomp("SEND", """{"text":"한글 조각"}""", ("destination", $"/app/rooms/{room}/messages"), ("receipt", "x")));
        var pieces = send.Chunk(5).ToArray();   // cuts characters, too
        for (var i = 0; i < pieces.Length; i++)
        {
            await socket.WriteAsync(ClientFrames.Message(pieces[i], final: i == pieces.Length - 1, continues: i > 0));
            if (i == 3) await socket.WriteAsync(ClientFrames.Ping("hello"u8));
        }

        (await socket.ReceiptAsync("x")).Seq.ShouldBePositive();
    }

    [Fact]
    public async Task A_byte_at_a_time_is_slow_for_the_sender_alone()
    {
        var (_, room, slow) = await MakeAsync("/ws");
        var (_, _, quick) = await MakeAsync("/ws");
        await using var _ = slow;
        await using var __ = quick;
        var send = ClientFrames.Message(
            ClientFrames.Stomp("SEND", """{"text":"byte by byte"}""", ("destination", $"/app/rooms/{room}/messages"), ("receipt", "x")));
        foreach (var one in send.Chunk(1)) await slow.WriteAsync(one);
        (await slow.ReceiptAsync("x")).Seq.ShouldBePositive();
        await quick.SyncAsync();
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task A_broken_WebSocket_frame_ends_the_connection_with_1002(string path)
    {
        var time = new ManualTime();
        await using var own = await MaruServer.StartAsync(time, null);
        foreach (var bad in (byte[][])[
            [0xC1, 0x80, 0, 0, 0, 0], [0x81, 0x01, (byte)'x'], [0x83, 0x80, 0, 0, 0, 0], [0x80, 0x80, 0, 0, 0, 0], [0x09, 0x80, 0, 0, 0, 0],
        ])
            await ShouldEndAsync(own, time, path, bad, 1002);
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task Text_that_is_not_UTF_8_ends_the_connection_with_1007(string path)
    {
        var time = new ManualTime();
        await using var own = await MaruServer.StartAsync(time, null);
        await ShouldEndAsync(own, time, path, ClientFrames.Message([0xC3, 0x28]), 1007);
    }

    [Fact]
    public async Task A_text_of_every_kind_comes_back_as_it_was_sent()
    {
        var (_, room, socket) = await MakeAsync("/ws");
        await using var _ = socket;
        await socket.SubscribeAsync(room);
        foreach (var text in (string[])[
            "plain",
            "한국어 😀 👩‍👩‍👧",
            "quote \" backslash \\ slash / <b>&amp;</b>",
            "line\nbreak\r\n\ttab",
            "between\u2028\u2029\uFEFFlines",
            new string('a', 16_000),
        ])
        {
            await socket.SendAsync("SEND", JsonSerializer.Serialize(new { text }), ("destination", $"/app/rooms/{room}/messages"));
            (await socket.EventAsync("message.created")).Json.GetProperty("message").GetProperty("text").GetString().ShouldBe(text);
        }
    }

    private static async Task ShouldEndAsync(MaruServer server, ManualTime time, string path, byte[] bad, int code)
    {
        var ann = await server.SignUpAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken, path);
        await socket.WriteAsync(bad);
        (await socket.Closing.Within("the close frame")).Code.ShouldBe(code, Convert.ToHexString(bad));
        // What follows cannot be read, not even a close frame: the server waits a while for the end of TCP.
        time.Advance(2 * new EngineOptions().CloseTimeout);
        await socket.Ended.Within("the end");
    }

    private async Task<(Person Ann, long Room, StompSocket Socket)> MakeAsync(string path)
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        return (ann, room.Id, await StompSocket.ConnectAsync(server.Address, ann.AccessToken, path));
    }
}
