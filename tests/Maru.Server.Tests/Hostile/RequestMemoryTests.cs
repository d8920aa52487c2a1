using System.Net;
using System.Net.Sockets;
using System.Text;
using Maru.Engine;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Hostile;

/// <summary>Requests whose bodies begin to arrive and do not end.</summary>
public sealed class RequestMemoryTests(ITestOutputHelper output)
{
    private const int Accounts = 10;
    private const int Bytes = 250_000;
    private const long Heap = 192L * 1024 * 1024;       // a third of it is for clients

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_largest_and_slowest_are_refused_before_memory_runs_out_and_members_go_on(bool chunked)
    {
        using var folder = new Folder();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, Accounts + 1, rooms: 1);
        await using var server = await MaruProcess.StartSmallAsync(Heap, folder);
        await using var member = await StompSocket.ConnectAsync(server.Address, tokens[Accounts]);
        List<PartialPost> crowd = [];
        for (var i = 0; i < 800; i++)
        {
            crowd.Add(new PartialPost(server.Address, $"/api/rooms/{rooms[0]}/messages", tokens[i % Accounts], chunked));
            crowd[i].Send(Bytes);
            if (i % 10 == 0) await member.SayAndWaitAsync(rooms[0], "meanwhile");
        }

        for (var i = 0; i < 20; i++) await member.SayAndWaitAsync(rooms[0], "afterwards");
        await Deadline.Until(() => crowd.Count(x => x.IsOpen) <= Heap / 3 / Bytes, "most of them to be refused");
        crowd.First(x => !x.IsOpen).Response().ShouldStartWith("HTTP/1.1 429 ");
        output.WriteLine($"{crowd.Count(x => !x.IsOpen)} of {crowd.Count} refused; {server.ResidentBytes / 1048576.0:F0} MiB resident");
        crowd.ForEach(x => x.Dispose());
        await server.TerminateAsync();
        server.Lines.ShouldContain(x => x.Contains("the largest and slowest first", StringComparison.Ordinal));
        Faults(server).ShouldBeEmpty();
    }

    /// <summary>A body that somebody else than the web server gives up leaves its connection in the midst of a read.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_client_that_goes_away_in_the_midst_of_a_body_leaves_nothing_in_the_log(bool signedIn, bool chunked)
    {
        using var folder = new Folder();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, 1, rooms: 1);
        await using var server = await MaruProcess.StartAsync(folder);
        using var http = new HttpClient { BaseAddress = server.Address };
        var path = signedIn ? $"/api/rooms/{rooms[0]}/messages" : "/api/auth/login";
        foreach (var bytes in (int[])[0, 1, 1000, 100_000])
        {
            foreach (var resets in (bool[])[false, true])
            {
                using var post = new PartialPost(server.Address, path, signedIn ? tokens[0] : null, chunked);
                post.Send(bytes);
                (await http.GetAsync("/health/live")).EnsureSuccessStatusCode();      // what came before is read before
                post.GoAway(resets);
                if (!resets) await Deadline.Until(() => !post.IsOpen, "the server to close");
            }
        }

        await server.TerminateAsync();
        Faults(server).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_user_who_has_many_bodies_under_way_is_refused_the_next_and_others_are_not()
    {
        await using var server = await MaruServer.StartAsync("--Maru:RateLimits:Enabled=true", "--Maru:Limits:RequestsArriving=2");
        var (ann, bob) = (await server.SignUpAsync(), await server.SignUpAsync("bob"));
        var room = await ann.MakeRoomAsync();
        PartialPost Begin(Person person)
        {
            var post = new PartialPost(server.Address, $"/api/rooms/{room.Id}/messages", person.AccessToken, chunked: false);
            post.Send(Bytes);
            return post;
        }

        var requests = server.Service<ChatEngine>().Requests;
        using PartialPost first = Begin(ann), second = Begin(ann);
        await Deadline.Until(() => requests.All().Length == 2, "two to be under way");
        using var third = Begin(ann);
        await Deadline.Until(() => !third.IsOpen, "the third to be refused");
        third.Response().ShouldStartWith("HTTP/1.1 429 ");
        third.Response().ShouldContain("Connection: close");
        using var other = Begin(bob);
        await Deadline.Until(() => requests.All().Length == 3, "another user's to be under way");
        await ann.SayAsync(room, "a body that arrives at once is no matter");
        first.Dispose();
        await Deadline.Until(() => requests.All().Length == 2, "the first to be given up");
        using var fourth = Begin(ann);
        await Deadline.Until(() => requests.All().Length == 3, "its place to be free");
        await Deadline.Until(() => requests.All().All(x => x.Memory.Held >= Bytes), "what has arrived to be counted");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_that_does_not_arrive_in_time_is_refused(bool chunked)
    {
        await using var server = await MaruServer.StartAsync("--Maru:Limits:RequestTimeout=00:00:01");
        var ann = await server.SignUpAsync();
        using var post = new PartialPost(server.Address, "/api/rooms", ann.AccessToken, chunked);
        post.Send(Bytes);
        await Deadline.Until(() => !post.IsOpen, "it to be refused");
        post.Response().ShouldStartWith("HTTP/1.1 408 ");
        post.Response().ShouldContain("\"type\":\"request-timeout\"");
        server.Service<ChatEngine>().Requests.All().ShouldBeEmpty();
    }

    /// <summary>Nothing arrives after what is there when the server first looks.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_whose_bytes_come_with_its_head_and_then_no_more_counts_and_is_refused_in_time(bool chunked)
    {
        await using var server = await MaruServer.StartAsync("--Maru:Limits:RequestTimeout=00:00:01");
        var ann = await server.SignUpAsync();
        using var post = new PartialPost(server.Address, "/api/rooms", ann.AccessToken, chunked, withHead: 40_000);
        await Deadline.Until(() => !post.IsOpen, "it to be refused");
        post.Response().ShouldStartWith("HTTP/1.1 408 ");
    }

    [Fact]
    public async Task Over_HTTP_2_a_body_counts_too_and_is_given_up_alone()
    {
        using var certificate = new ServerCertificate();
        await using var server = await MaruServer.StartAsync([.. certificate.Settings, "--Maru:Limits:RequestTimeout=00:00:05"]);
        var ann = await server.SignUpAsync();
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = certificate.IsPresented },
        })
        {
            BaseAddress = server.AddressOf("https"),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            DefaultRequestHeaders = { { "Authorization", $"Bearer {ann.AccessToken}" } },
        };
        var requests = server.Service<ChatEngine>().Requests;
        using var stopping = new CancellationTokenSource();
        var post = http.PostAsync("/api/rooms", new EndlessJson(Bytes), stopping.Token);
        await Deadline.Until(() => requests.All().Any(x => x.Memory.Held >= Bytes), "the body to count");
        await Deadline.Until(() => requests.All().Length == 0, "it to be given up");
        (await http.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await stopping.CancelAsync();
        await Deadline.Until(() => post.IsCompleted, "the client to notice");
    }

    [Theory]
    [InlineData(15, 200)]
    [InlineData(17, 431)]
    public async Task Headers_have_16_KiB_at_most(int kibibytes, int status)
    {
        await using var server = await MaruServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live");
        request.Headers.Add("X-Long", new string('x', kibibytes * 1024));
        using var response = await server.Http.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(status);
    }

    /// <summary>Lines of the log that an operator has to look at, but for those that say that a bound was reached.</summary>
    private static IEnumerable<string> Faults(MaruProcess server) => server.Lines.Where(
        x => (x.Contains("\"Warning\"", StringComparison.Ordinal) || x.Contains("\"Error\"", StringComparison.Ordinal))
            && !x.Contains("the largest and slowest first", StringComparison.Ordinal)
            && !x.Contains("\"Maru.Security\"", StringComparison.Ordinal));

    /// <summary>A request whose body begins and does not end.</summary>
    private sealed class PartialPost : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly StringBuilder _response = new();
        private readonly bool _chunked;
        private bool _hasEnded;

        /// <param name="server">its address</param>
        /// <param name="path">of the request</param>
        /// <param name="token">of the caller</param>
        /// <param name="chunked">false: it says how long the body is</param>
        /// <param name="withHead">bytes of the body that are sent with the head</param>
        public PartialPost(Uri server, string path, string? token, bool chunked, int withHead = 0)
        {
            _chunked = chunked;
            _socket.Connect(server.Host, server.Port);
            Write(
                $"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: application/json\r\n"
                + (token is null ? "" : $"Authorization: Bearer {token}\r\n")
                + (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 262000\r\n\r\n")
                + Body(withHead));
        }

        /// <summary>False once the server has responded or closed the connection.</summary>
        public bool IsOpen
        {
            get
            {
                var buffer = new byte[4096];
                try
                {
                    while (!_hasEnded && _socket.Poll(0, SelectMode.SelectRead))
                    {
                        var count = _socket.Receive(buffer);
                        _response.Append(Encoding.UTF8.GetString(buffer, 0, count));
                        _hasEnded = count == 0;
                    }
                }
                catch (SocketException)
                {
                    _hasEnded = true;
                }

                return !_hasEnded && _response.Length == 0;
            }
        }

        public string Response() => _response.ToString();

        public void Send(int bytes)
        {
            try
            {
                Write(Body(bytes));
            }
            catch (SocketException)
            {
                // refused meanwhile
            }
        }

        public void GoAway(bool resets)
        {
            if (resets) _socket.Close(0);
            else _socket.Shutdown(SocketShutdown.Send);
        }

        public void Dispose() => _socket.Dispose();

        private string Body(int bytes)
        {
            if (bytes == 0) return "";
            var text = "{\"text\":\"" + new string('x', bytes);
            return _chunked ? $"{text.Length:x}\r\n{text}\r\n" : text;
        }

        private void Write(string text)
        {
            for (var rest = Encoding.ASCII.GetBytes(text).AsSpan(); rest.Length > 0;) rest = rest[_socket.Send(rest)..];
        }
    }

    private sealed class EndlessJson : HttpContent
    {
        private readonly int _bytes;

        public EndlessJson(int bytes)
        {
            _bytes = bytes;
            Headers.ContentType = new("application/json");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, default);

        protected override async Task SerializeToStreamAsync(
            Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes("{\"name\":\"" + new string('x', _bytes)), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
