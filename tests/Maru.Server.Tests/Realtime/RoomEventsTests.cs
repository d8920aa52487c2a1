using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Realtime;

/// <summary>A room's log over Server-Sent Events.</summary>
public sealed class RoomEventsTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Everything_comes_once_and_in_order_however_often_the_stream_is_resumed()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        long last = 0;
        List<long> seen = [];
        for (var round = 0; round < 5; round++)
        {
            // What is said before, while nobody reads, and what is said while the stream is open.
            for (var i = 0; i < 3; i++) await ann.SayAsync(room, $"before {round}.{i}");
            long? resumed = round == 0 ? null : last;
            using var stream = await EventStream.OpenAsync(server, $"/api/rooms/{room.Id}/events?after=0", ann.AccessToken, resumed);
            for (var i = 0; i < 3; i++) last = (await ann.SayAsync(room, $"live {round}.{i}")).Seq;
            while (seen.LastOrDefault() < last)
            {
                var (id, type, json) = await stream.NextAsync();
                (json.GetProperty("type").GetString(), json.GetProperty("seq").GetInt64()).ShouldBe((type, id));
                seen.Add(id);
            }
        }

        seen.ShouldBe(Enumerable.Range(1, (int)last).Select(x => (long)x));
    }

    [Fact]
    public async Task It_begins_now_where_no_seq_is_named_and_a_browser_may_put_the_token_into_the_address()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await ann.SayAsync(room, "old");
        using var stream = await EventStream.OpenAsync(server, $"/api/rooms/{room.Id}/events?access_token={ann.AccessToken}");
        stream.Response.Headers.CacheControl.ShouldBe(new CacheControlHeaderValue { NoStore = true, NoTransform = true });
        var seq = (await ann.SayAsync(room, "new")).Seq;
        (await stream.NextAsync()).Id.ShouldBe(seq);
        var history = $"GET /api/rooms/{room.Id}/messages?access_token={ann.AccessToken}";
        await server.Http.SendAsync(history).ShouldRefuse(Problem.Unauthenticated);
    }

    [Fact]
    public async Task A_client_that_cannot_set_headers_resumes_by_its_address()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        for (var i = 0; i < 4; i++) await ann.SayAsync(room, $"{i}");
        var path = $"/api/rooms/{room.Id}/events";
        foreach (var (query, header, first) in new (string, long?, long)[]
        {
            ("after=0&lastEventId=2", null, 3), ("lastEventId=2", 3, 4), ("after=1&lastEventId=", null, 2), ("lastEventId=0", null, 1),
        })
        {
            using var stream = await EventStream.OpenAsync(server, $"{path}?{query}", ann.AccessToken, header);
            (await stream.NextAsync()).Id.ShouldBe(first, query);
        }

        foreach (var bad in (string[])["-1", "%2B1", "01", "1.0", "x", "%00", "9223372036854775808", "1&lastEventId=2"])
            (await ann.Http.SendAsync($"GET {path}?lastEventId={bad}").ShouldRefuseFields()).ShouldBe(["lastEventId"], bad);
    }

    [Fact]
    public async Task Strangers_and_bad_requests_are_refused_before_a_stream_begins()
    {
        var (ann, eve) = (await server.SignUpAsync(), await server.SignUpAsync());
        var room = await ann.MakeRoomAsync();
        await eve.Http.SendAsync($"GET /api/rooms/{room.Id}/events").ShouldRefuse(Problem.NotFound);
        await ann.Http.SendAsync("GET /api/rooms/987654321/events").ShouldRefuse(Problem.NotFound);
        await server.Http.SendAsync($"GET /api/rooms/{room.Id}/events").ShouldRefuse(Problem.Unauthenticated);
        foreach (var after in (string[])["", "-1", "%2B1", "01", "00", "1.0", "x", "9223372036854775808"])
            await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/events?after={after}").ShouldRefuse(Problem.Invalid);
    }

    [Fact]
    public async Task HEAD_gets_the_headers_and_leaves_the_connection_usable()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = tcp.GetStream();
        using var answers = new StreamReader(stream, Encoding.Latin1);
        foreach (var (path, status) in new[] { (room.Id, 200), (987654321, 404), (room.Id, 200), (room.Id, 200) })
        {
            var head = $"HEAD /api/rooms/{path}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ann.AccessToken}\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
            (await answers.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldStartWith($"HTTP/1.1 {status} ");
            List<string> headers = [];
            while (await answers.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 } line) headers.Add(line);
            if (status == 200) headers.ShouldContain("Content-Type: text/event-stream");
        }
    }

    [Fact]
    public async Task It_ends_when_the_member_is_removed_and_when_the_session_ends()
    {
        var (ann, bob) = (await server.SignUpAsync(), await server.SignUpAsync());
        var room = await ann.MakeRoomAsync(members: bob.Id);
        using (var his = await EventStream.OpenAsync(server, $"/api/rooms/{room.Id}/events", bob.AccessToken))
        {
            await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{bob.Id}").ShouldBe(204);
            (await his.LastAsync()).GetProperty("type").GetString().ShouldBe(Problem.NotFound.Slug);
            await bob.Http.SendAsync($"GET /api/rooms/{room.Id}/events").ShouldRefuse(Problem.NotFound);
        }

        using var hers = await EventStream.OpenAsync(server, $"/api/rooms/{room.Id}/events", ann.AccessToken);
        await ann.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        (await hers.LastAsync()).GetProperty("type").GetString().ShouldBe(Problem.SessionEnded.Slug);
    }

    [Fact]
    public async Task A_stream_that_is_left_gives_its_place_back()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var engine = server.Service<Engine.ChatEngine>();
        var stream = await EventStream.OpenAsync(server, $"/api/rooms/{room.Id}/events", ann.AccessToken);
        engine.Connections.IsOnline(new Engine.UserId(ann.Id)).ShouldBeTrue();
        stream.Dispose();
        await Deadline.Until(() => !engine.Connections.IsOnline(new Engine.UserId(ann.Id)), "the stream to be gone");
    }
}
