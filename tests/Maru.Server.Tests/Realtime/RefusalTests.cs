using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Realtime;

/// <summary>A client that listens for refusals gets them as events; any other gets ERROR and loses the connection.</summary>
public sealed class RefusalTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task With_the_errors_queue_the_connection_goes_on()
    {
        var (ann, room, socket) = await MakeAsync();
        await using var _ = socket;
        await socket.SubscribeAsync("/user/queue/errors", "errors");
        (string Body, string Key, Problem Problem)[] refused =
        [
            ("{}", "", Problem.Invalid), ("[]", "", Problem.Malformed), ("{\"text\":\"  \"}", "", Problem.Invalid),
            ("{\"text\":7}", "", Problem.Invalid), ("{\"text\":\"x\"} y", "", Problem.Malformed),
            ("{\"text\":\"x\",\"replyTo\":99}", "", Problem.Invalid),
            ($$"""{"text":"{{new string('x', 16 * 1024 + 1)}}"}""", "", Problem.TooLarge),
            ("{\"text\":\"x\"}", new string('k', 129), Problem.Invalid),
        ];
        foreach (var (body, key, problem) in refused)
        {
            List<(string, string)> headers = [("destination", $"/app/rooms/{room}/messages"), ("receipt", "r")];
            if (key.Length > 0) headers.Add(("client-key", key));
            await socket.SendAsync("SEND", body, [.. headers]);
            var refusal = await socket.RefusalAsync();
            (refusal.Type, refusal["receipt-id"], refusal["subscription"]).ShouldBe((problem.Slug, "r", "errors"), body);
            refusal.Json.GetProperty("status").GetInt32().ShouldBe(problem.Status);
        }

        await socket.SayAndWaitAsync(room, "still here");
        (await ann.Http.SendAsync($"GET /api/rooms/{room}/messages").ShouldBe(200)).ShouldContain("still here");
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?x=1")]
    public async Task Without_it_ERROR_says_why_and_ends_the_connection(string path)
    {
        var (_, room, socket) = await MakeAsync(path);
        await using var _ = socket;
        await socket.SendAsync("SEND", "{}", ("destination", $"/app/rooms/{room}/messages"), ("receipt", "r1"));
        var error = await socket.ErrorAsync();
        (error["message"], error["receipt-id"], error.Type).ShouldBe((Problem.Invalid.Slug, "r1", Problem.Invalid.Slug));
        error["content-type"].ShouldBe("application/problem+json");
        (await socket.Ended.Within("the end")).ShouldBe(new Ending(1008, Problem.Invalid.Slug, true));
    }

    [Fact]
    public async Task A_key_used_for_another_text_is_refused_and_for_the_same_text_answered_with_the_first_seq()
    {
        var (_, room, socket) = await MakeAsync();
        await using var _ = socket;
        await socket.SubscribeAsync("/user/queue/errors", "errors");
        await socket.SubscribeAsync(room);
        var first = (await socket.SayAndWaitAsync(room, "once", "k")).Seq;
        (await socket.SayAndWaitAsync(room, "once", "k")).Seq.ShouldBe(first);
        await socket.SayAsync(room, "twice", "k");
        (await socket.RefusalAsync()).Type.ShouldBe(Problem.KeyReused.Slug);
        (await socket.SayAndWaitAsync(room, "next")).Seq.ShouldBe(first + 1);
        (await socket.EventAsync("message.created")).Seq.ShouldBe(first);
        (await socket.EventAsync("message.created")).Seq.ShouldBe(first + 1);
    }

    [Theory]
    [InlineData("NONSENSE\n\n\0", "bad-frame", 1002)]
    [InlineData("MESSAGE\n\n\0", "bad-frame", 1002)]
    [InlineData("SEND\nno colon\n\n\0", "bad-frame", 1002)]
    [InlineData("CONNECT\naccept-version:1.2\nhost:x\n\n\0", "connect-first", 1002)]
    [InlineData("SUBSCRIBE\ndestination:/user/queue/events\n\n\0", "bad-frame", 1002)]
    [InlineData("COMMIT\ntransaction:t\n\n\0", "bad-frame", 1002)]
    [InlineData("ACK\n\n\0", "bad-frame", 1002)]
    public async Task A_broken_frame_ends_the_connection_even_with_the_errors_queue(string frame, string slug, int code)
    {
        var (_, _, socket) = await MakeAsync();
        await using var _ = socket;
        await socket.SubscribeAsync("/user/queue/errors", "errors");
        await socket.WriteAsync(ClientFrames.Message(frame));
        (await socket.ErrorAsync())["message"].ShouldBe(slug);
        (await socket.Ended.Within("the end")).ShouldBe(new Ending(code, slug, true));
    }

    [Fact]
    public async Task The_first_frame_must_be_CONNECT()
    {
        await using var socket = await StompSocket.OpenAsync(server.Address);
        await socket.SendAsync("SEND", "{}", ("destination", "/app/rooms/1/messages"));
        (await socket.ErrorAsync())["message"].ShouldBe(Problem.ConnectFirst.Slug);
        (await socket.Ended.Within("the end")).Code.ShouldBe(1002);
    }

    private async Task<(Person Ann, long Room, StompSocket Socket)> MakeAsync(string path = "/ws")
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        return (ann, room.Id, await StompSocket.ConnectAsync(server.Address, ann.AccessToken, path));
    }
}
