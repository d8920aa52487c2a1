using System.Text;
using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Faults;

/// <summary>Too large, each way that there is.</summary>
[Trait("Category", "Faults")]
public sealed class TooLargeTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task A_body_beyond_the_limit_ends_the_connection(string path)
    {
        foreach (var announced in (bool[])[true, false])
        {
            var (room, socket) = await MakeAsync(path);
            await using var _ = socket;
            (string, string)[] length = announced ? [("content-length", "70000")] : [];
            await socket.SendAsync(
                "SEND", new string('x', 70_000), [("destination", $"/app/rooms/{room}/messages"), ("receipt", "r"), .. length]);
            (await socket.ErrorAsync())["message"].ShouldBe(Problem.TooLarge.Slug);
            (await socket.Ended.Within("the end")).Code.ShouldBe(1009);
        }
    }

    [Fact]
    public async Task A_text_beyond_its_limit_is_refused_and_the_connection_goes_on()
    {
        var (room, socket) = await MakeAsync("/ws");
        await using var _ = socket;
        await socket.SubscribeAsync("/user/queue/errors", "errors");
        await socket.SayAsync(room, new string('x', (16 * 1024) + 1));
        (await socket.RefusalAsync()).Type.ShouldBe(Problem.TooLarge.Slug);
        await socket.SayAndWaitAsync(room, new string('x', 16 * 1024));
    }

    [Theory]
    [InlineData(200, 10)]
    [InlineData(3, 20_000)]
    public async Task Too_many_or_too_long_headers_end_the_connection(int headers, int length)
    {
        var (_, socket) = await MakeAsync("/ws");
        await using var _ = socket;
        var frame = new StringBuilder("SEND\n");
        for (var i = 0; i < headers; i++) frame.Append($"h{i}:{new string('x', length)}\n");
        await socket.WriteAsync(ClientFrames.Message(frame.Append("\n\0").ToString()));
        (await socket.ErrorAsync())["message"].ShouldBe(Problem.TooLarge.Slug);
        (await socket.Ended.Within("the end")).Code.ShouldBe(1009);
    }

    [Theory]
    [InlineData("/ws", 1UL << 62)]
    [InlineData("/ws?x=1", 1UL << 62)]
    [InlineData("/ws", long.MaxValue)]
    public async Task A_WebSocket_frame_of_any_announced_length_takes_no_memory(string path, ulong length)
    {
        var time = new ManualTime();
        await using var own = await MaruServer.StartAsync(time, null);
        var ann = await own.SignUpAsync();
        var room = (await ann.MakeRoomAsync()).Id;
        await using var socket = await StompSocket.ConnectAsync(own.Address, ann.AccessToken, path);
        await socket.WriteAsync(ClientFrames.Announce(length));
        var send = ClientFrames.Stomp(
            "SEND", """{"text":"in a frame without an end"}""", ("destination", $"/app/rooms/{room}/messages"), ("receipt", "r"));
        await socket.WriteAsync(Encoding.UTF8.GetBytes(send));   // the mask is 0
        (await socket.ReceiptAsync("r")).Seq.ShouldBePositive();
        await socket.WriteAsync(Encoding.UTF8.GetBytes("SEND\ndestination:/x\n\n" + new string('x', 100_000)));
        (await socket.ErrorAsync())["message"].ShouldBe(Problem.TooLarge.Slug);
        (await socket.Closing.Within("the close frame")).Code.ShouldBe(1009);
        // The client cannot answer inside its endless frame: the server waits a while for the end of TCP.
        time.Advance(2 * new EngineOptions().CloseTimeout);
        await socket.Ended.Within("the end");
    }

    [Theory]
    [InlineData(1UL << 63)]
    [InlineData(ulong.MaxValue)]
    public async Task A_length_that_RFC_6455_does_not_allow_ends_the_connection(ulong length)
    {
        var (_, socket) = await MakeAsync("/ws");
        await using var _ = socket;
        await socket.WriteAsync(ClientFrames.Announce(length));
        (await socket.Ended.Within("the end")).Code.ShouldBe(1002);
    }

    [Fact]
    public async Task A_request_beyond_the_limit_is_refused()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = new string('x', 300_000) })
            .ShouldRefuse(Problem.TooLarge);
        await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = new string('x', 20_000) })
            .ShouldRefuse(Problem.TooLarge);
    }

    private async Task<(long Room, StompSocket Socket)> MakeAsync(string path)
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        return (room.Id, await StompSocket.ConnectAsync(server.Address, ann.AccessToken, path));
    }
}
