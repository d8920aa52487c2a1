using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Maru.Server.Tests.Features.Files.Stores;

/// <summary>A listener that says what a test wants to whoever takes it for an S3 store. One request a connection.</summary>
internal sealed class HostileS3 : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<Request, Task> _respond;
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;

    public HostileS3(Func<Request, Task> respond)
    {
        _respond = respond;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"http://{_listener.LocalEndpoint}";

    /// <summary>First lines of the requests that came.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_connections).Within("the connections to end");
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            // the end
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        try
        {
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
            // connections are also made for later
            if (await reader.ReadLineAsync(_end.Token) is not { } first) return;
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            while (await reader.ReadLineAsync(_end.Token) is { Length: > 0 } line)
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                headers[line[..colon]] = line[(colon + 1)..].Trim();
            }

            // else the client waits for a second before it sends a body
            if (headers.ContainsKey("Expect")) await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), _end.Token);
            var left = headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, null) : 0;
            var buffer = new char[64 * 1024];
            while (left > 0 && await reader.ReadAsync(buffer.AsMemory(0, Math.Min(left, buffer.Length)), _end.Token) is > 0 and var read)
                left -= read;
            Requests.Enqueue(first);
            await _respond(new Request(first, headers, stream, _end.Token));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // it left, or the end
        }
    }

    internal sealed record Request(string Line, IReadOnlyDictionary<string, string> Headers, Stream Stream, CancellationToken End)
    {
        public Task HangAsync() => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, End);

        /// <param name="sent">bytes of the body that are sent, of those that the head promises</param>
        public async Task RespondAsync(string status, string headers, byte[] body, int? sent = null)
        {
            var head = $"HTTP/1.1 {status}\r\nConnection: close\r\n{headers}Content-Length: {body.Length}\r\n\r\n";
            await Stream.WriteAsync(Encoding.Latin1.GetBytes(head), End);
            if (!Line.StartsWith("HEAD", StringComparison.Ordinal)) await Stream.WriteAsync(body.AsMemory(0, sent ?? body.Length), End);
        }
    }
}
