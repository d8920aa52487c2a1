using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace Maru.Server.Tests.Kill;

/// <summary>
/// A member who sends and listens through every crash: keeps a few messages under way, connects again when the server is gone, resumes
/// behind the last event that they saw and repeats unacknowledged messages under their old keys. Records the acknowledgements and the
/// events; judges nothing.
/// </summary>
internal sealed class Talker(int number, string token, long room) : IDisposable
{
    private const int Window = 6;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, string> _pending = [];      // number of the message: its text
    private readonly SemaphoreSlim _window = new(Window);
    private int _next;
    private bool _hasStopped;

    /// <summary>The refusals that may end a connection without being a fault: the talker comes again.</summary>
    public IReadOnlyList<string> Bearable { get; init; } = ["shutting-down"];

    public int Number => number;

    public long Room => room;

    /// <summary>The seq that each acknowledged message was given; a second, different response for the same message is kept too.</summary>
    public List<(int Message, long Seq)> Acknowledged { get; } = [];

    /// <summary>Every event of the room, in the order in which it came: its seq, and of messages the key and the text.</summary>
    public List<Seen> Events { get; } = [];

    /// <summary>The refusals that no server may send at all.</summary>
    public List<string> Refusals { get; } = [];

    public int Connections { get; private set; }

    /// <summary>Messages sent again, because their outcome is unknown.</summary>
    public int Retries { get; private set; }

    public long Last
    {
        get
        {
            lock (_gate) return Events.Count == 0 ? 0 : Events[^1].Seq;
        }
    }

    /// <summary>The highest seq that one of the messages was given.</summary>
    public long LastAcknowledged
    {
        get
        {
            lock (_gate) return Acknowledged.Count == 0 ? 0 : Acknowledged.Max(x => x.Seq);
        }
    }

    public int Acknowledgements
    {
        get
        {
            lock (_gate) return Acknowledged.Count;
        }
    }

    /// <summary>Sends nothing new any more, and everything is acknowledged.</summary>
    public bool IsSettled
    {
        get
        {
            lock (_gate) return _hasStopped && _pending.Count == 0;
        }
    }

    public static string Key(int talker, int message) => string.Create(CultureInfo.InvariantCulture, $"{talker}-{message}");

    public static string Text(int talker, int message) =>
        string.Create(CultureInfo.InvariantCulture, $"message {message} of {talker} {new string('x', message % 300)}");

    /// <param name="server">where it listens now; null while it is down</param>
    /// <param name="sending">cancelled: sends nothing new, but finishes what is under way</param>
    /// <param name="ct">ends it</param>
    public async Task RunAsync(Func<Uri?> server, CancellationToken sending, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            if (server() is { } address)
            {
                try
                {
                    await TalkAsync(address, sending, ct);
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException
                    or ShouldAssertException or OperationCanceledException)
                {
                    // The server is gone, perhaps before it answered.
                }
            }

            await Task.Delay(10, CancellationToken.None);
        }
    }

    public void Dispose() => _window.Dispose();

    private async Task TalkAsync(Uri address, CancellationToken sending, CancellationToken ct)
    {
        await using var socket = await StompSocket.ConnectAsync(address, token, watch: See);
        if (socket.IsEnded) return;
        Connections++;
        await socket.SendAsync(
            "SUBSCRIBE", "", ("destination", $"/topic/rooms/{room}"), ("id", "room"), ("after", $"{Last}"));
        await RepeatAsync(socket);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _ = socket.Ended.ContinueWith(
            _ => end.Cancel(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(sending, end.Token);
        try
        {
            while (true)
            {
                await _window.WaitAsync(stop.Token);
                int message;
                lock (_gate) _pending[message = _next++] = Text(number, _next - 1);
                await SendAsync(socket, message);
            }
        }
        catch (OperationCanceledException) when (!end.IsCancellationRequested)
        {
            lock (_gate) _hasStopped = true;
            await socket.Ended.WaitAsync(ct);
        }
    }

    /// <summary>Sends the unacknowledged messages again, in their order, and also one that is acknowledged.</summary>
    private async Task RepeatAsync(StompSocket socket)
    {
        List<int> open;
        lock (_gate)
        {
            open = [.. _pending.Keys];
            if (Acknowledged.Count > 0) open.Add(Acknowledged[Random.Shared.Next(Acknowledged.Count)].Message);
        }

        Retries += open.Count;
        foreach (var message in open) await SendAsync(socket, message);
    }

    private Task SendAsync(StompSocket socket, int message)
    {
        var key = Key(number, message);
        return socket.SendAsync(
            "SEND",
            JsonSerializer.Serialize(new { text = Text(number, message) }),
            ("destination", $"/app/rooms/{room}/messages"),
            ("client-key", key),
            ("receipt", key));
    }

    private void See(Frame frame)
    {
        lock (_gate)
        {
            if (frame.Command == "RECEIPT")
                Acknowledge(int.Parse(frame["receipt-id"].Split('-')[1], CultureInfo.InvariantCulture), frame.Seq);
            else if (frame.Command == "MESSAGE") Events.Add(Seen.Of(frame));
            else if (!Bearable.Contains(frame["message"])) Refusals.Add(frame.ToString());
        }
    }

    private void Acknowledge(int message, long seq)
    {
        Acknowledged.Add((message, seq));
        if (_pending.Remove(message)) _window.Release();
    }
}

/// <summary>An event as a member saw it.</summary>
internal sealed record Seen(long Seq, string? Key, string? Text)
{
    public static Seen Of(Frame frame)
    {
        var json = frame.Json;
        var message = json.TryGetProperty("message", out var found) ? found : default;
        var hasKey = message.ValueKind == JsonValueKind.Object && message.TryGetProperty("clientKey", out _);
        json.GetProperty("seq").GetInt64().ShouldBe(frame.Seq);
        return new Seen(frame.Seq, OwnOf("clientKey"), OwnOf("text"));

        string? OwnOf(string name) => hasKey ? message.GetProperty(name).GetString() : null;
    }
}
