namespace Maru.Load.Attacks;

/// <summary>Attacks by what the server must keep: each connection sends what it is allowed to once, and stays.</summary>
internal static class Hoards
{
    private const int Subscriptions = 1000;
    private const int LongId = 15_000;
    private const int OpenTransactions = 8;
    private const int TextBytes = 16_000;
    private const int SendsEach = 15;

    public static Task LongIds(Attack attack, RawConnection connection, Attacker who, CancellationToken ct)
    {
        var (token, room) = attack.Cast.Account(0);
        var id = new string('i', LongId);
        var all = attack.Once("ids", () => Prepared.Gather(Enumerable.Range(0, Subscriptions)
            .Select(i => Prepared.Stomp($"SUBSCRIBE\nid:{i}{id}\ndestination:/topic/rooms/{room}\n\n"))));
        return SendAndStayAsync(attack, connection, token, all, ct);
    }

    /// <summary>Each has as many transactions, with as many bytes each, as the server's defaults let it.</summary>
    public static Task Transactions(Attack attack, RawConnection connection, Attacker who, CancellationToken ct)
    {
        var (token, room) = attack.Cast.Account(who.Number % 10);
        var all = attack.Once(
            $"room {room}", () => Prepared.Gather(Enumerable.Range(0, OpenTransactions).SelectMany(t => Frames(room, t))));
        return SendAndStayAsync(attack, connection, token, all, ct);
    }

    private static IEnumerable<byte[]> Frames(long room, int transaction)
    {
        var body = $"{{\"text\":\"{new string('t', TextBytes)}\"}}";
        var send = Prepared.Stomp(
            $"SEND\ndestination:/app/rooms/{room}/messages\ntransaction:t{transaction}\ncontent-length:{body.Length}\n\n{body}");
        return [Prepared.Stomp($"BEGIN\ntransaction:t{transaction}\n\n"), .. Enumerable.Repeat(send, SendsEach)];
    }

    private static async Task SendAndStayAsync(
        Attack attack, RawConnection connection, string token, IReadOnlyList<Prepared> all, CancellationToken ct)
    {
        await connection.ConnectAsync(attack.Target, token, ct);
        var reading = connection.ReadForeverAsync(4096, ct);
        foreach (var prepared in all)
        {
            await attack.LineAsync(prepared.Bytes.Length, ct);
            if (reading.IsCompleted) break;
            await connection.WriteAsync(prepared.Bytes, prepared.Frames, ct);
        }

        await reading;
    }
}
