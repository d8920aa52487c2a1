namespace Maru.Load.Attacks;

/// <summary>Attacks by what the server must keep: each connection sends what it is allowed to once, and stays.</summary>
internal static class Hoards
{
    private const int Subscriptions = 1000;
    private const int LongId = 15_000;
    private const int OpenTransactions = 8;
    private const int TextBytes = 16_000;
    private const int SendsEach = 15;

    public static async Task LongIds(Attack attack, RawConnection connection, Attacker who, CancellationToken ct)
    {
        var (token, room) = attack.Cast.Account(0);
        await connection.ConnectAsync(attack.Target, token, ct);
        var reading = connection.ReadForeverAsync(4096, ct);
        var id = new string('i', LongId);
        for (var i = 0; i < Subscriptions && !reading.IsCompleted; i++)
            await connection.WriteAsync(Prepared.Stomp($"SUBSCRIBE\nid:{i}{id}\ndestination:/topic/rooms/{room}\n\n"), 1, ct);
        attack.IsListening();
        await reading;
    }

    /// <summary>Each has as many transactions, with as many bytes each, as the server's defaults let it.</summary>
    public static async Task Transactions(Attack attack, RawConnection connection, Attacker who, CancellationToken ct)
    {
        var (token, room) = attack.Cast.Account(who.Number % 10);
        await connection.ConnectAsync(attack.Target, token, ct);
        var reading = connection.ReadForeverAsync(4096, ct);
        var body = $"{{\"text\":\"{new string('t', TextBytes)}\"}}";
        for (var t = 0; t < OpenTransactions; t++)
        {
            await connection.WriteAsync(Prepared.Stomp($"BEGIN\ntransaction:t{t}\n\n"), 1, ct);
            var send = Prepared.Stomp(
                $"SEND\ndestination:/app/rooms/{room}/messages\ntransaction:t{t}\ncontent-length:{body.Length}\n\n{body}");
            for (var i = 0; i < SendsEach && !reading.IsCompleted; i++) await connection.WriteAsync(send, 1, ct);
        }

        attack.IsListening();
        await reading;
    }
}
