using System.Net.Sockets;
using System.Text;
using Maru.Engine;
using Maru.Engine.Connections;
using Maru.Engine.People;
using Maru.Engine.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Maru.Server.Tests.Realtime;

/// <summary>Streams of events that go on past HTTP, as those over plain connections do once they have begun.</summary>
public sealed class PastHttpTests
{
    private const string Path = "/api/events";
    private const string LastChunk = "0\r\n\r\n";

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.1")]
    public async Task A_stream_keeps_nothing_of_the_request_that_began_it(string version)
    {
        var requests = new Requests();
        await using var server = await MaruServer.StartAsync(null, requests.Watch);
        var ann = await server.SignUpAsync();
        using var http = new HttpClient
        {
            BaseAddress = server.Address,
            DefaultRequestVersion = Version.Parse(version),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var stream = await EventStream.OpenAsync(http, Path, ann.AccessToken);
        await Deadline.Until(() => Connection(server, ann) is { WantsEvents: true }, "the stream to listen");
        await Deadline.Until(() => requests.AreOver(Path), "the request and its services to be over");
        await Deadline.Until(() => requests.AreForgotten(Path), "the request to be forgotten");
        Publish(server, ann, 1);
        (await stream.NextAsync()).Json.GetProperty("n").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.1")]
    public async Task The_body_is_whole_and_the_connection_ends_with_it(string version)
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        var (socket, head, left) = await OpenAsync(server, ann, version);
        using (socket)
        {
            await Deadline.Until(() => Connection(server, ann) is { WantsEvents: true }, "the stream to listen");
            for (var i = 1; i <= 3; i++) Publish(server, ann, i);
            var begun = await UntilAsync(socket, "\"n\":3");
            Connection(server, ann)!.End(Problem.ShuttingDown);
            var body = Encoding.UTF8.GetString([.. left, .. begun, .. await RestAsync(socket)]);
            head.ShouldContain("\r\nConnection: close\r\n");
            head.Contains("\r\nTransfer-Encoding: chunked\r\n", StringComparison.Ordinal).ShouldBe(version == "1.1");
            var lines = (version == "1.1" ? Unchunked(body) : body).Split('\n');
            lines[0].ShouldStartWith("retry: ");
            lines.Count(line => line == "event: news").ShouldBe(3);
            lines.ShouldContain("event: problem");
        }

        await Deadline.Until(() => Connection(server, ann) is null, "the connection to be gone");
    }

    [Fact]
    public async Task An_end_that_is_not_read_is_cut_off_in_time()
    {
        await using var server = await MaruServer.StartAsync(
            "--Maru:Engine:SendBufferBytes=16384", "--Maru:Engine:CloseTimeout=00:00:01");
        var ann = await server.SignUpAsync();
        var (socket, _, _) = await OpenAsync(server, ann, "1.1");
        using (socket)
        {
            await Deadline.Until(() => Connection(server, ann) is { WantsEvents: true }, "the stream to listen");
            var outbox = Connection(server, ann)!.Outbox;
            await Deadline.Until(() => !Connection(server, ann)!.AwaitsSnapshot, "the snapshot to be read");
            for (var i = 0; i < 40; i++) Publish(server, ann, i, new string('x', 8192));
            // Until nothing waits but what the transport has taken and cannot send.
            var buffer = new byte[4096];
            while (outbox.Bytes > 0)
            {
                if (socket.Available > 0) await socket.ReceiveAsync(buffer);
                else await Task.Yield();
            }

            Connection(server, ann)!.End(Problem.ShuttingDown);
            await Deadline.Until(() => Connection(server, ann) is null, "the connection to be cut off");
            Encoding.UTF8.GetString(await RestAsync(socket)).ShouldNotEndWith(LastChunk);
        }
    }

    private static Task<(Socket Socket, string Head, byte[] Left)> OpenAsync(MaruServer server, Person person, string version) =>
        Upgrade.RequestAsync(
            server.Address,
            Encoding.ASCII.GetBytes(
                $"GET {Path} HTTP/{version}\r\nHost: {server.Address.Authority}\r\nAuthorization: Bearer {person.AccessToken}\r\n\r\n"),
            receiveBuffer: 4096);

    private static Task<byte[]> RestAsync(Socket socket) => UntilAsync(socket, "nothing more");

    private static async Task<byte[]> UntilAsync(Socket socket, string text)
    {
        var (bytes, buffer) = (new List<byte>(), new byte[4096]);
        while (true)
        {
            if (Encoding.UTF8.GetString([.. bytes]).Contains(text, StringComparison.Ordinal)) return [.. bytes];
            try
            {
                var count = await socket.ReceiveAsync(buffer).Within("the rest of the body");
                if (count == 0) return [.. bytes];
                bytes.AddRange(buffer[..count]);
            }
            catch (SocketException)
            {
                return [.. bytes];      // it was cut off
            }
        }
    }

    /// <summary>RFC 9112, 7.1: chunks, the last of which is empty, and nothing behind it.</summary>
    private static string Unchunked(string body)
    {
        var text = new StringBuilder();
        while (true)
        {
            var end = body.IndexOf("\r\n", StringComparison.Ordinal);
            var size = Convert.ToInt32(body[..end], 16);
            if (size == 0)
            {
                body.ShouldBe(LastChunk);
                return text.ToString();
            }

            text.Append(body.AsSpan(end + 2, size));
            body.Substring(end + 2 + size, 2).ShouldBe("\r\n");
            body = body[(end + 4 + size)..];
        }
    }

    private static Connection? Connection(MaruServer server, Person person) =>
        server.Service<ChatEngine>().Connections.TryGet(new UserId(person.Id), out var here) && here.Connections is [var one] ? one : null;

    private static void Publish(MaruServer server, Person person, int n, string text = "") =>
        server.Service<ChatEngine>().UserEvents.Publish(
            new UserId(person.Id), new UserEvent(Encoding.UTF8.GetBytes($$"""{"type":"news","n":{{n}},"text":"{{text}}"}""")));

    /// <summary>Sees each request before all of the server's own parts.</summary>
    private sealed class Requests : IStartupFilter
    {
        private readonly List<(string Path, WeakReference Context, Scoped Service)> _all = [];

        public void Watch(IServiceCollection services) => services.AddSingleton<IStartupFilter>(this).AddScoped<Scoped>();

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(rest => context =>
            {
                var service = context.RequestServices.GetRequiredService<Scoped>();
                lock (_all) _all.Add((context.Request.Path, new WeakReference(context), service));
                return rest(context);
            });
            next(app);
        };

        public bool AreOver(string path) => All(path, x => x.Service.IsDisposed);

        public bool AreForgotten(string path)
        {
            GC.Collect();
            return All(path, x => !x.Context.IsAlive);
        }

        private bool All(string path, Predicate<(string Path, WeakReference Context, Scoped Service)> match)
        {
            lock (_all) return _all.FindAll(x => x.Path == path) is { Count: > 0 } ours && ours.TrueForAll(match);
        }
    }

    private sealed class Scoped : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
