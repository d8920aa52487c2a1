using System.Net;
using System.Net.Sockets;
using System.Text;
using Maru.Engine;
using Maru.Engine.People;

namespace Maru.Server.Tests.Hostile;

/// <summary>Somebody who asks for their own events and takes nothing of them.</summary>
public sealed class EventStreamTests
{
    private const int NewsBytes = 8 * 1024;
    private const int OutboxBytes = 128 * 1024;
    private const int FeedBytes = 64 * 1024;

    // What waits here, what the web server and two kernels hold on the way.
    private const int MostBytes = OutboxBytes + FeedBytes + (2 * 1024 * 1024);

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Who_takes_nothing_is_cut_before_much_waits_and_their_other_tab_gets_everything(string version)
    {
        using var certificate = new ServerCertificate();
        await using var server = await StartAsync(certificate.Settings);
        var (ann, engine) = (await server.SignUpAsync(), server.Service<ChatEngine>());
        using var deaf = await OpenAsync(server, ann, version, certificate);
        using var open = await EventStream.OpenAsync(server, "/api/events", ann.AccessToken);
        await Deadline.Until(() => Listening(engine, ann) == 2, "both to listen");
        var sent = 0;
        while (!IsCut(engine, ann) && sent < 2 * MostBytes / NewsBytes)
        {
            engine.UserEvents.Publish(new UserId(ann.Id), News(sent++));
            (await open.NextAsync()).Json.GetProperty("n").GetInt32().ShouldBe(sent - 1);
        }

        (sent * NewsBytes).ShouldBeLessThan(MostBytes);
        engine.UserEvents.Publish(new UserId(ann.Id), News(sent));
        (await open.NextAsync()).Json.GetProperty("n").GetInt32().ShouldBe(sent);
        await Deadline.Until(() => Listening(engine, ann) == 1, "the deaf one to be gone");
    }

    [Fact]
    public async Task States_replace_each_other_so_who_reads_late_is_kept_and_gets_the_newest()
    {
        await using var server = await StartAsync();
        var (ann, engine) = (await server.SignUpAsync(), server.Service<ChatEngine>());
        using var late = await OpenAsync(server, ann, "1.1");
        await Deadline.Until(() => Listening(engine, ann) == 1, "the stream to listen");
        const int States = 1000;    // 8 MB
        for (var i = 0; i < States; i++) engine.UserEvents.Publish(new UserId(ann.Id), News(i, "state"));
        Listening(engine, ann).ShouldBe(1);
        int n;
        var seen = 0;
        do
        {
            n = (await late.NextAsync()).Json.GetProperty("n").GetInt32();
            seen++;
        }
        while (n != States - 1);
        (seen * NewsBytes).ShouldBeLessThan(MostBytes);
    }

    private static Task<MaruServer> StartAsync(params string[] settings) => MaruServer.StartAsync(
    [
        $"--Maru:Engine:OutboxBytes={OutboxBytes}", $"--Maru:Engine:UserFeedBytes={FeedBytes}", "--Maru:Engine:SendBufferBytes=16384",
        .. settings,
    ]);

    /// <summary>Asks by a connection of its own, whose buffers are small, and reads nothing yet.</summary>
    private static Task<EventStream> OpenAsync(MaruServer server, Person person, string version, ServerCertificate? certificate = null)
    {
        var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = certificate is null ? null : certificate.IsPresented },
            InitialHttp2StreamWindowSize = 65_535,
            ConnectCallback = async (context, ct) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        {
            BaseAddress = version == "1.1" ? server.Address : server.AddressOf(Uri.UriSchemeHttps),
            DefaultRequestVersion = Version.Parse(version),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        return EventStream.OpenAsync(http, "/api/events", person.AccessToken);
    }

    /// <summary>True once a stream is cut. That it is gone shows later: on a busy machine much may be said until then.</summary>
    private static bool IsCut(ChatEngine engine, Person person) =>
        !engine.Connections.TryGet(new UserId(person.Id), out var here)
        || here.Connections.Count(x => x.WantsEvents && !x.Outbox.IsClosed) < 2;

    private static int Listening(ChatEngine engine, Person person) =>
        engine.Connections.TryGet(new UserId(person.Id), out var here) ? here.Connections.Count(x => x.WantsEvents) : 0;

    private static UserEvent News(int n, string? key = null) =>
        new(Encoding.UTF8.GetBytes($$"""{"type":"news","n":{{n}},"text":"{{new string('x', NewsBytes)}}"}"""), key);
}
