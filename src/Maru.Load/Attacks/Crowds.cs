namespace Maru.Load.Attacks;

/// <summary>Attacks by the number of connections.</summary>
internal static class Crowds
{
    private const int IdleBuffer = 512;

    public static async Task Slots(Attack attack, RawConnection connection, Attacker who, CancellationToken ct)
    {
        await connection.UpgradeAsync(attack.Target, ct);
        await connection.ReadForeverAsync(IdleBuffer, ct);
    }

    public static Task Handles(Attack attack, RawConnection connection, Attacker who, CancellationToken ct) =>
        connection.ReadForeverAsync(IdleBuffer, ct);

    public static async Task Deaf(Attack attack, RawConnection connection, Attacker who, CancellationToken ct)
    {
        var (token, room) = attack.Cast.Account(who.Number % 10);
        await connection.ConnectAsync(attack.Target, token, ct);
        await connection.WriteAsync(Prepared.Stomp($"SUBSCRIBE\nid:0\ndestination:/topic/rooms/{room}\nafter:0\n\n"), 1, ct);
        await connection.HoldAsync(ct);
    }

    public static Task Upgrades(Attack attack, RawConnection connection, Attacker who, CancellationToken ct) =>
        connection.UpgradeAsync(attack.Target, ct);
}
