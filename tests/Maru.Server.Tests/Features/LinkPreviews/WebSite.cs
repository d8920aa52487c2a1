using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Maru.Server.Tests.Features.LinkPreviews;

/// <summary>A web site of 127.0.0.1 that does to its visitors what a test says, byte by byte.</summary>
internal sealed class WebSite : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Func<Stream, CancellationToken, Task>> _pages = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly CancellationTokenSource _over = new();
    private readonly TcpListener _listener;
    private readonly X509Certificate2? _certificate;
    private readonly Task _accepting;
    private int _connections;

    /// <param name="certificate">with which it speaks TLS; null: it does not</param>
    public WebSite(string address = "127.0.0.1", int port = 0, X509Certificate2? certificate = null)
    {
        _certificate = certificate;
        _listener = new TcpListener(IPAddress.Parse(address), port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>The requests so far: their lines, with their headers.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    public Uri At(string path) => new($"{(_certificate is null ? "http" : "https")}://{_listener.LocalEndpoint}{path}");

    public int CountOf(string path) => _requests.Count(x => x.StartsWith($"GET {path} ", StringComparison.Ordinal));

    public void On(string path, Func<Stream, CancellationToken, Task> answer) => _pages[path] = answer;

    public void Serve(string path, string html, string type = "text/html; charset=utf-8") =>
        Serve(path, Encoding.UTF8.GetBytes(html), type);

    public void Serve(string path, byte[] body, string type = "text/html", string headers = "") => On(path, async (stream, ct) =>
    {
        await WriteAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n{headers}\r\n", ct);
        await stream.WriteAsync(body, ct);
    });

    public void Redirect(string path, string to, int status = 302) => On(
        path, (stream, ct) => WriteAsync(stream, $"HTTP/1.1 {status} There\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n", ct));

    public static Task WriteAsync(Stream stream, string text, CancellationToken ct) =>
        stream.WriteAsync(Encoding.UTF8.GetBytes(text), ct).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> visits = [];
        try
        {
            while (true)
            {
                var visitor = await _listener.AcceptTcpClientAsync(_over.Token);
                Interlocked.Increment(ref _connections);
                visits.Add(AnswerAsync(visitor));
            }
        }
        catch (Exception) when (_over.IsCancellationRequested)
        {
            await Task.WhenAll(visits);
        }
    }

    private async Task AnswerAsync(TcpClient visitor)
    {
        using var disposed = visitor;
        try
        {
            await using var stream = await OpenAsync(visitor.GetStream());
            var request = new StringBuilder();
            var buffer = new byte[4096];
            while (!request.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
            {
                var read = await stream.ReadAsync(buffer, _over.Token);
                if (read == 0) return;
                request.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }

            _requests.Enqueue(request.ToString());
            var answer = _pages.GetValueOrDefault(request.ToString().Split(' ')[1]);
            if (answer is null) await WriteAsync(stream, "HTTP/1.1 404 None\r\nContent-Length: 0\r\n\r\n", _over.Token);
            else await answer(stream, _over.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or AuthenticationException)
        {
            // the visitor has left, or the test is over
        }
    }

    private async Task<Stream> OpenAsync(NetworkStream stream)
    {
        if (_certificate is null) return stream;
        var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _over.Token);
        return secure;
    }
}
