using Maru.Engine.Codecs;

namespace Maru.Load.Attacks;

/// <summary>
/// One account, within every limit, makes a signal dear: the first connection sends it,
/// all others have 1,000 subscriptions to it, each with an id of its own, and read nothing.
/// </summary>
internal static class SignalFlood
{
    private const int Subscriptions = 1000;
    private const int AtOnce = 150;
    private const int PerSecond = 48;
    private const int LargeBody = 60_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    public static Task Small(Attack attack, RawConnection connection, Attacker who, CancellationToken ct) =>
        LiveAsync(attack, connection, who, body: 1, ct);

    public static Task Large(Attack attack, RawConnection connection, Attacker who, CancellationToken ct) =>
        LiveAsync(attack, connection, who, LargeBody, ct);

    private static async Task LiveAsync(Attack attack, RawConnection connection, Attacker who, int body, CancellationToken ct)
    {
        var (token, room) = attack.Cast.Account(0);
        var destination = $"/topic/rooms/{room}/signals/flood";
        await connection.ConnectAsync(attack.Target, token, ct);
        if (who.Number == 0) await SendAsync(attack, connection, who, destination, body, ct);
        else await ListenAsync(attack, connection, destination, ct);
    }

    private static async Task ListenAsync(Attack attack, RawConnection connection, string destination, CancellationToken ct)
    {
        var all = attack.Once("", () => [Prepared.Of(Enumerable.Range(0, Subscriptions)
            .Select(i => Prepared.Stomp($"SUBSCRIBE\nid:{i}\ndestination:{destination}\n\n")))]);
        await connection.WriteAsync(all[0].Bytes, all[0].Frames, ct);
        attack.IsListening();
        await connection.HoldAsync(ct);
    }

    private static async Task SendAsync(
        Attack attack, RawConnection connection, Attacker who, string destination, int body, CancellationToken ct)
    {
        await Task.WhenAny(connection.ReadForeverAsync(4096, ct), PlayAsync()).Unwrap();

        async Task PlayAsync()
        {
            for (var waited = TimeSpan.Zero; attack.Listening < who.Of - 1 && waited < LongestWait; waited += TimeSpan.FromMilliseconds(50))
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, ct);
            var signal = Prepared.Message(WebSocketOpcode.Text, System.Text.Encoding.ASCII.GetBytes(
                $"SEND\ndestination:{destination}\ncontent-length:{body}\n\n{new string('s', body)}\0"));
            for (var i = 0; i < AtOnce; i++) await connection.WriteAsync(signal, 1, ct);
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(1.0 / PerSecond), TimeProvider.System, ct);
                await connection.WriteAsync(signal, 1, ct);
            }
        }
    }
}
