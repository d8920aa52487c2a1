using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Maru.Server.Tests.Features.Rooms;

/// <summary>A connection of somebody's that listens to his own events, and is what makes him online. Every wait has a deadline.</summary>
internal sealed class Ears : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private string _text = "";

    public static async Task<Ears> OpenAsync(MaruServer server, Person person)
    {
        var ears = new Ears();
        ears._deadline.CancelAfter(TimeSpan.FromSeconds(30));
        ears._socket.Options.AddSubProtocol("v12.stomp");
        await ears._socket.ConnectAsync(new UriBuilder(server.Address) { Scheme = "ws", Path = "/ws" }.Uri, ears._deadline.Token);
        await ears.SendAsync($"CONNECT\naccept-version:1.2\nhost:maru\nAuthorization:Bearer {person.AccessToken}\n\n\0");
        (await ears.ReadAsync()).ShouldStartWith("CONNECTED\n");
        await ears.SendAsync("SUBSCRIBE\nid:1\ndestination:/user/queue/events\nreceipt:1\n\n\0");
        (await ears.ReadAsync()).ShouldStartWith("RECEIPT\n");
        return ears;
    }

    /// <summary>The next event.</summary>
    public async Task<JsonElement> HearAsync()
    {
        var frame = await ReadAsync();
        frame.ShouldStartWith("MESSAGE\n");
        return JsonDocument.Parse(frame[frame.IndexOf("\n\n", StringComparison.Ordinal)..]).RootElement;
    }

    /// <summary>The next event is that the room with this id came or went.</summary>
    public async Task<JsonElement> HearAsync(string type, long room)
    {
        var heard = await HearAsync();
        heard.GetProperty("type").GetString().ShouldBe(type);
        heard.GetProperty("roomId").GetInt64().ShouldBe(room);
        return heard;
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open) await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, _deadline.Token);
        _socket.Dispose();
        _deadline.Dispose();
    }

    private Task SendAsync(string frame) => _socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, true, _deadline.Token);

    private async Task<string> ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        while (!_text.Contains('\0'))
        {
            var part = await _socket.ReceiveAsync(buffer, _deadline.Token);
            _text += Encoding.UTF8.GetString(buffer, 0, part.Count);
        }

        var end = _text.IndexOf('\0');
        var frame = _text[..end].TrimStart('\n', '\r');
        _text = _text[(end + 1)..];
        return frame;
    }
}
