using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Realtime;

public sealed class TlsTests(ITestOutputHelper output)
{
    private const int Messages = 3000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Thousands_of_small_messages_and_answers_share_records_and_arrive_in_order(string http)
    {
        using var certificate = new ServerCertificate();
        await using var server = await MaruServer.StartAsync(certificate.Settings);
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        using var socket = new ClientWebSocket();
        (socket.Options.HttpVersion, socket.Options.HttpVersionPolicy) = (Version.Parse(http), HttpVersionPolicy.RequestVersionExact);
        var records = await ConnectAsync(socket, server.AddressOf(Uri.UriSchemeHttps), certificate.Value);
        await SendAsync(socket, ClientFrames.Stomp("CONNECT", "", ("accept-version", "1.2"), ("host", "x"), ("passcode", ann.AccessToken)));
        await SendAsync(socket, ClientFrames.Stomp("SUBSCRIBE", "", ("destination", $"/topic/rooms/{room.Id}"), ("id", "a")));
        var to = $"/app/rooms/{room.Id}/messages";
        var sends = Enumerable.Range(0, Messages)
            .Select(i => ClientFrames.Stomp("SEND", $$"""{"text":"{{i}}"}""", ("destination", to), ("receipt", $"{i}")));
        var sending = SendAsync(socket, string.Concat(sends));

        var (heard, answered) = (0, 0);
        var reader = new FrameReader(socket);
        while (heard < Messages || answered < Messages)
        {
            var frame = await reader.NextAsync();
            frame.Command.ShouldNotBe("ERROR", frame.ToString());
            if (frame.Command == "RECEIPT") frame["receipt-id"].ShouldBe($"{answered++}");
            if (frame.Command == "MESSAGE") frame.Json.GetProperty("message").GetProperty("text").GetString().ShouldBe($"{heard++}");
        }

        await sending;
        output.WriteLine($"{records.Count} records of {records.Bytes / records.Count} bytes for {Messages} messages and as many receipts");
        records.Count.ShouldBeLessThan(Messages / 5);
    }

    private static async Task<RecordCounter> ConnectAsync(ClientWebSocket socket, Uri server, X509Certificate2 certificate)
    {
        RecordCounter? records = null;
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, presented, _, _) => certificate.Equals(presented),
            },
            ConnectCallback = async (context, ct) =>
            {
                var tcp = new System.Net.Sockets.TcpClient();
                await tcp.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, ct);
                return records = new RecordCounter(tcp.GetStream());
            },
        };
        var invoker = new HttpMessageInvoker(handler);   // lives as long as the connection
        var address = new UriBuilder(server) { Scheme = "wss", Path = "/ws" }.Uri;
        await socket.ConnectAsync(address, invoker, Ct).Within("the upgrade");
        return records.ShouldNotBeNull();
    }

    private static Task SendAsync(ClientWebSocket socket, string frames) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(frames), WebSocketMessageType.Text, true, Ct).Within("the sending");

    private sealed class FrameReader(ClientWebSocket socket)
    {
        private readonly byte[] _buffer = new byte[1 << 20];
        private int _used;
        private int _read;

        public async Task<Frame> NextAsync()
        {
            while (true)
            {
                if (TryTake() is { } frame) return frame;
                _buffer.AsSpan(_read, _used - _read).CopyTo(_buffer);
                (_used, _read) = (_used - _read, 0);
                _used += (await socket.ReceiveAsync(_buffer.AsMemory(_used), Ct).AsTask().Within("a frame")).Count;
            }
        }

        private Frame? TryTake()
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_read, _used - _read);
            var frame = Frame.TryTake(ref rest, binary: false);
            _read = _used - rest.Length;
            return frame;
        }
    }

    /// <summary>Counts the TLS records that come in. Their headers are plain (RFC 8446, 5.1): type, version, length.</summary>
    private sealed class RecordCounter(Stream inner) : Stream
    {
        private readonly byte[] _header = new byte[5];
        private int _known;     // bytes of the header
        private int _rest;      // bytes of the record that are still to come

        public int Count { get; private set; }

        public long Bytes { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            Look(buffer.Span[..count]);
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            count = inner.Read(buffer, offset, count);
            Look(buffer.AsSpan(offset, count));
            return count;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override void Flush() => inner.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }

        private void Look(ReadOnlySpan<byte> bytes)
        {
            Bytes += bytes.Length;
            foreach (var one in bytes)
            {
                if (_rest > 0)
                {
                    _rest--;
                    continue;
                }

                _header[_known++] = one;
                if (_known < _header.Length) continue;
                (_known, _rest) = (0, (_header[3] << 8) | _header[4]);
                Count++;
            }
        }
    }
}
