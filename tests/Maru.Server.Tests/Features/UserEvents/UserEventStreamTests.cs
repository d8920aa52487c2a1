using System.Text;
using Maru.Engine;
using Maru.Engine.People;
using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Presence;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Maru.Server.Tests.Features.UserEvents;

/// <summary>A user's own events at <c>GET /api/events</c>, and that they are those of <c>/user/queue/events</c>.</summary>
public sealed class UserEventStreamTests(MaruServer server) : IClassFixture<MaruServer>
{
    private const string Path = "/api/events";

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Both_forms_begin_with_the_snapshot_and_go_on_with_what_changed_while_it_was_read(string version)
    {
        var snapshots = new Snapshots();
        using var certificate = new ServerCertificate();
        await using var server = await MaruServer.StartAsync(null, snapshots.Replace, certificate.Settings);
        using var http = Client(server, version, certificate);
        var (ann, bob) = (await server.SignUpAsync(), await server.SignUpAsync("bob"));
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SendAsync("SUBSCRIBE", "", ("destination", "/user/queue/events"), ("id", "e"));
        using var stream = await EventStream.OpenAsync(http, Path, ann.AccessToken);
        (stream.Response.Version).ShouldBe(Version.Parse(version));
        await snapshots.AskedAsync(2);
        Publish(server, ann, "unread", 2, key: "unread:1");
        Publish(server, ann, "mention", 0);
        Publish(server, ann, "unread", 3, key: "unread:1");
        snapshots.Answer(Event("unread", 1, "unread:1"), Event("unread", 8, "unread:2"));

        int[] numbers = [1, 8, 0, 3];
        foreach (var number in numbers)
        {
            var (id, type, json) = await stream.NextAsync();
            (id, type, json.GetProperty("n").GetInt32()).ShouldBe((0, number == 0 ? "mention" : "unread", number));
            (await socket.MessageAsync()).Text.ShouldBe(json.GetRawText());
        }

        var room = await bob.MakeRoomAsync(members: ann.Id);
        var added = (await stream.NextAsync()).Json;
        (added.GetProperty("type").GetString(), added.GetProperty("roomId").GetInt64()).ShouldBe(("room.added", room.Id));
        (await socket.MessageAsync()).Text.ShouldBe(added.GetRawText());
    }

    [Fact]
    public async Task It_says_when_to_come_back_and_no_proxy_may_keep_compress_or_gather_it()
    {
        var ann = await server.SignUpAsync();
        using var http = Client(server, "1.1");
        http.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip, br");
        using var stream = await EventStream.OpenAsync(http, Path, ann.AccessToken);
        var headers = stream.Response.Headers;
        headers.CacheControl.ShouldNotBeNull().ToString().ShouldBe("no-store, no-transform");
        headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);
        stream.Response.Content.Headers.ContentEncoding.ShouldBeEmpty();
        stream.Response.Content.Headers.ContentLength.ShouldBeNull();
        await Deadline.Until(() => Listens(server, ann), "the stream to listen");
        Publish(server, ann, "mention", 1);
        await stream.NextAsync();
        stream.Retry.ShouldNotBeNull().ShouldBeInRange(500, 1500);
    }

    [Fact]
    public async Task A_comment_comes_every_fifteen_seconds_while_there_is_nothing_to_say()
    {
        var time = new ManualTime();
        await using var server = await MaruServer.StartAsync(time, null);
        var ann = await server.SignUpAsync();
        using var stream = await EventStream.OpenAsync(server, Path, ann.AccessToken);
        await Deadline.Until(() => Listens(server, ann), "the stream to listen");
        for (var round = 0; round < 3; round++)
        {
            time.Advance(15);
            await stream.CommentAsync();
        }
    }

    [Theory]
    [InlineData("17", "")]
    [InlineData("no number", "")]
    [InlineData("-1", "?lastEventId=-1")]
    [InlineData("9223372036854775808", "?lastEventId=")]
    [InlineData("", "?lastEventId=%ED%95%9C%00&lastEventId=2")]
    public async Task Any_last_event_id_is_harmless(string header, string query)
    {
        var ann = await server.SignUpAsync();
        using var stream = await EventStream.OpenAsync(server.Http, Path + query, ann.AccessToken, header);
        await Deadline.Until(() => Listens(server, ann), "the stream to listen");
        Publish(server, ann, "mention", 1);
        (await stream.TypeAsync()).ShouldBe("mention");
    }

    [Fact]
    public async Task Every_tab_gets_everything_and_one_that_is_left_gives_its_place_back()
    {
        var ann = await server.SignUpAsync();
        var streams = new List<EventStream>();
        for (var i = 0; i < 5; i++) streams.Add(await EventStream.OpenAsync(server, $"{Path}?access_token={ann.AccessToken}"));
        await Deadline.Until(() => Listens(server, ann, 5), "the streams to listen");
        streams[0].Dispose();
        await Deadline.Until(() => Listens(server, ann, 4), "the first to be gone");
        for (var i = 0; i < 20; i++) Publish(server, ann, "mention", i);
        foreach (var stream in streams[1..])
            for (var i = 0; i < 20; i++) (await stream.NextAsync()).Json.GetProperty("n").GetInt32().ShouldBe(i);
        streams.ForEach(stream => stream.Dispose());
        var connections = server.Service<ChatEngine>().Connections;
        await Deadline.Until(() => !connections.IsOnline(new UserId(ann.Id)), "all to be gone");
    }

    [Fact]
    public async Task It_is_for_GET_and_HEAD_of_who_is_signed_in()
    {
        var ann = await server.SignUpAsync();
        await server.Http.SendAsync($"GET {Path}").ShouldRefuse(Problem.Unauthenticated);
        await server.Http.SendAsync($"GET {Path}?access_token=no.good.token").ShouldRefuse(Problem.Unauthenticated);
        using var head = await ann.Http.SendAsync($"HEAD {Path}");
        ((int)head.StatusCode, head.Content.Headers.ContentType?.MediaType).ShouldBe((200, "text/event-stream"));
        using var post = await ann.Http.SendAsync($"POST {Path}");
        ((int)post.StatusCode).ShouldBe(405);
        post.Content.Headers.Allow.ShouldBe(["GET", "HEAD"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task It_tells_the_presence_of_the_people_asked_for_who_share_a_room(string version)
    {
        using var certificate = new ServerCertificate();
        await using var server = await MaruServer.StartAsync(certificate.Settings);
        using var http = Client(server, version, certificate);
        var (ann, bob, eve) = (await server.SignUpAsync(), await server.SignUpAsync("bob"), await server.SignUpAsync("eve"));
        await ann.MakeRoomAsync(members: bob.Id);
        await eve.MakeRoomAsync();
        await using var stranger = await eve.ListenAsync();
        using var stream = await EventStream.OpenAsync(http, $"{Path}?presence={bob.Id},{eve.Id}", ann.AccessToken);
        string[] first = [await PresenceAsync(stream), await PresenceAsync(stream)];
        first.ShouldBe([$"{bob.Id} offline", $"{eve.Id} offline"], ignoreOrder: true);
        await using var his = await bob.ListenAsync();
        (await PresenceAsync(stream)).ShouldBe($"{bob.Id} online");
        await his.SayAsync("away");
        (await PresenceAsync(stream)).ShouldBe($"{bob.Id} away");
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("1,,2")]
    [InlineData("ann")]
    [InlineData("1,-2")]
    [InlineData("1,2,3")]
    public async Task A_list_of_people_that_is_none_is_refused_before_the_stream_begins(string people)
    {
        await using var server = await MaruServer.StartAsync("--Maru:Engine:Presence:People=2");
        var ann = await server.SignUpAsync();
        (await ann.Http.SendAsync($"GET {Path}?presence={people}").ShouldRefuseFields()).ShouldBe(["presence"]);
    }

    [Fact]
    public async Task A_stream_for_more_people_a_second_than_one_may_ask_for_ends_with_the_reason()
    {
        await using var server = await MaruServer.StartAsync(
            new ManualTime(), null, "--Maru:RateLimits:Enabled=true", "--Maru:Engine:Presence:PeopleBurst=4",
            "--Maru:Engine:Presence:PeoplePerSecond=1");
        var ann = await server.SignUpAsync();
        await ann.SeeAsync(1, 2, 3, 4);
        using var stream = await EventStream.OpenAsync(server, $"{Path}?presence=1", ann.AccessToken);
        (await stream.LastAsync()).GetProperty("type").GetString().ShouldBe(Problem.RateLimited.Slug);
    }

    [Fact]
    public async Task A_page_of_another_origin_reads_it_where_it_may_use_the_server()
    {
        await using var server = await MaruServer.StartAsync("--Maru:Http:AllowedOrigins=https://page.example");
        var ann = await server.SignUpAsync();
        using var http = Client(server, "1.1");
        http.DefaultRequestHeaders.Add("Origin", "https://page.example");
        using var stream = await EventStream.OpenAsync(http, $"{Path}?access_token={ann.AccessToken}");
        stream.Response.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["https://page.example"]);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task It_ends_with_the_session_and_who_comes_back_gets_401(string version)
    {
        using var certificate = new ServerCertificate();
        await using var server = await MaruServer.StartAsync(certificate.Settings);
        using var http = Client(server, version, certificate);
        var ann = await server.SignUpAsync();
        using var stream = await EventStream.OpenAsync(http, Path, ann.AccessToken);
        await Deadline.Until(() => Listens(server, ann), "the stream to listen");
        await ann.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        var (_, type, json) = await stream.NextAsync();
        (type, json.GetProperty("reason").GetString()).ShouldBe(("session.ended", "signed-out"));
        (await stream.RestAsync()).ShouldBeEmpty();
        await ann.Http.SendAsync($"GET {Path}").ShouldRefuse(Problem.SessionEnded);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_server_that_drains_says_when_to_come_back_and_goes_on_saying_so_to_an_EventSource(string version)
    {
        using var certificate = new ServerCertificate();
        await using var server = await MaruServer.StartAsync(certificate.Settings);
        using var http = Client(server, version, certificate);
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        using var stream = await EventStream.OpenAsync(http, Path, ann.AccessToken);
        await server.Service<ChatEngine>().DrainAsync(TestContext.Current.CancellationToken);
        await SaysWhenAsync(stream);

        foreach (var path in (string[])[Path, $"/api/rooms/{room.Id}/events"])
        {
            using (var again = await EventStream.OpenAsync(http, path, ann.AccessToken)) await SaysWhenAsync(again);
            // What is no EventSource gets the status.
            using var response = await ann.Http.SendAsync($"GET {path}");
            response.Headers.RetryAfter.ShouldNotBeNull();
            await Task.FromResult(response).ShouldRefuse(Problem.ShuttingDown);
        }

        static async Task SaysWhenAsync(EventStream stream)
        {
            var last = await stream.LastAsync();
            last.GetProperty("type").GetString().ShouldBe(Problem.ShuttingDown.Slug);
            stream.Retry.ShouldNotBeNull().ShouldBeInRange(500, 1500);
        }
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_read_ends_the_stream_with_the_reason()
    {
        var snapshots = new Snapshots();
        await using var server = await MaruServer.StartAsync(null, snapshots.Replace);
        var ann = await server.SignUpAsync();
        using var stream = await EventStream.OpenAsync(server, Path, ann.AccessToken);
        await snapshots.AskedAsync(1);
        snapshots.Fail();
        (await stream.LastAsync()).GetProperty("type").GetString().ShouldBe(Problem.Unavailable.Slug);
    }

    [Fact]
    public async Task Behind_an_nginx_with_nothing_set_events_come_as_they_happen_and_the_end_is_one()
    {
        await using var nginx = await NginxProcess.StartAsync(server.Address);
        var ann = await server.SignUpAsync();
        using var http = new HttpClient { BaseAddress = nginx.Address };
        using var stream = await EventStream.OpenAsync(http, $"{Path}?access_token={ann.AccessToken}");
        await Deadline.Until(() => Listens(server, ann), "the stream to listen");
        for (var i = 0; i < 5; i++)
        {
            Publish(server, ann, "mention", i);
            (await stream.NextAsync()).Json.GetProperty("n").GetInt32().ShouldBe(i);
        }

        await ann.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        (await stream.RestAsync()).ShouldBe(["session.ended"]);
    }

    private static HttpClient Client(MaruServer server, string version, ServerCertificate? certificate = null) => new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = certificate is null ? null : certificate.IsPresented },
    })
    {
        BaseAddress = version == "1.1" ? server.Address : server.AddressOf(Uri.UriSchemeHttps),
        DefaultRequestVersion = Version.Parse(version),
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static async Task<string> PresenceAsync(EventStream stream)
    {
        var (id, type, json) = await stream.NextAsync();
        (id, type).ShouldBe((0, "presence"));
        return $"{json.GetProperty("userId")} {json.GetProperty("state")}";
    }

    private static bool Listens(MaruServer server, Person person, int streams = 1) =>
        server.Service<ChatEngine>().Connections.TryGet(new UserId(person.Id), out var here)
        && here.Connections.Count(x => x is { WantsEvents: true, AwaitsSnapshot: false }) == streams;

    private static void Publish(MaruServer server, Person to, string type, int n, string? key = null) =>
        server.Service<ChatEngine>().UserEvents.Publish(new UserId(to.Id), Event(type, n, key));

    private static UserEvent Event(string type, int n, string? key = null) =>
        new(Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","n":{{n}}}"""), key);

    /// <summary>The test's own snapshot: it waits until the test answers.</summary>
    private sealed class Snapshots
    {
        private readonly TaskCompletionSource<IReadOnlyList<UserEvent>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _asked;

        public void Replace(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<UserSnapshot>((_, _) =>
        {
            Interlocked.Increment(ref _asked);
            return new ValueTask<IReadOnlyList<UserEvent>>(_answer.Task);
        }));

        public Task AskedAsync(int times) => Deadline.Until(() => Volatile.Read(ref _asked) == times, "the snapshot to be asked for");

        public void Answer(params UserEvent[] events) => _answer.SetResult(events);

        public void Fail() => _answer.SetException(new IOException("the store is away"));
    }
}
