using System.Text;
using Maru.Engine.Codecs;

namespace Maru.Load.Attacks;

/// <summary>Attacks by the mass of what is sent: a few connections write without a pause.</summary>
internal static class Floods
{
    private const int LongId = 15_000;
    private const int ReadSize = 64 * 1024;

    private static readonly Prepared EmptyPongs = Prepared.Repeat(Prepared.Message(WebSocketOpcode.Pong, []));

    // as many bytes in messages of one line each as in messages of 4,096 lines
    private static readonly Prepared Lines = Prepared.Of(
        [
            .. Enumerable.Repeat(Prepared.Message(WebSocketOpcode.Text, "\n"u8), 4680),
            .. Enumerable.Repeat(Prepared.Message(WebSocketOpcode.Text, Encoding.ASCII.GetBytes(new string('\n', 4096))), 8),
        ]);

    public static Task Pongs(Attack attack, RawConnection connection, Attacker who, CancellationToken ct) =>
        OverSocketAsync(attack, connection, attack.Name.Token ? attack.Cast.Account(0).Token : null, EmptyPongs, ct);

    public static Task BlankLines(Attack attack, RawConnection connection, Attacker who, CancellationToken ct) =>
        OverSocketAsync(attack, connection, attack.Name.Token ? attack.Cast.Account(0).Token : null, Lines, ct);

    public static Task Requests(Attack attack, RawConnection connection, Attacker who, CancellationToken ct)
    {
        var token = attack.Name.Token ? $"Authorization: Bearer {attack.Cast.Account(0).Token}\r\n" : "";
        var request = Encoding.ASCII.GetBytes($"GET /nothing HTTP/1.1\r\nHost: {attack.Target.Node.HostHeader}\r\n{token}\r\n");
        return WriteAndReadAsync(connection, attack.Once("", () => [Prepared.Repeat(request)])[0], ct);
    }

    public static Task Subscriptions(Attack attack, RawConnection connection, Attacker who, CancellationToken ct)
    {
        var (token, room) = attack.Cast.Account(0);
        var id = new string('i', LongId);
        var all = attack.Once("", () => [Prepared.Of(
            Enumerable.Range(0, 4).SelectMany(i => (byte[][])
            [
                Prepared.Stomp($"SUBSCRIBE\nid:{i}{id}\ndestination:/topic/rooms/{room}\n\n"),
                Prepared.Stomp($"UNSUBSCRIBE\nid:{i}{id}\n\n"),
            ]))]);
        return OverSocketAsync(attack, connection, token, all[0], ct);
    }

    public static Task RefusedSends(Attack attack, RawConnection connection, Attacker who, CancellationToken ct)
    {
        const string Body = """{"text":"let me in"}""";
        var room = attack.Cast.MembersRoom;
        var all = attack.Once("", () => [Prepared.Repeat(
            Prepared.Stomp($"SEND\ndestination:/app/rooms/{room}/messages\ncontent-length:{Body.Length}\n\n{Body}"))]);
        return OverSocketAsync(attack, connection, attack.Cast.Account(0).Token, all[0], ct);
    }

    private static async Task OverSocketAsync(
        Attack attack, RawConnection connection, string? token, Prepared prepared, CancellationToken ct)
    {
        await (token is null ? connection.UpgradeAsync(attack.Target, ct) : connection.ConnectAsync(attack.Target, token, ct));
        await WriteAndReadAsync(connection, prepared, ct);
    }

    private static async Task WriteAndReadAsync(RawConnection connection, Prepared prepared, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var reading = connection.ReadForeverAsync(ReadSize, end.Token);
        var writing = connection.WriteForeverAsync(prepared, end.Token);
        try
        {
            // A write fails before the reason has been read: the reader gets a moment for it.
            if (await Task.WhenAny(reading, writing) == writing) end.CancelAfter(TimeSpan.FromMilliseconds(200));
            else await end.CancelAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await reading;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            await writing; // how it ended
        }
    }
}
