using Maru.Load.Measuring;

namespace Maru.Load.Clients;

// Gives connections up that stay silent.
internal sealed partial class Loop
{
    // A stopped server's kernel still accepts connections, and a broken network gives no response: after this a client tries the next node.
    private const long LongestHandshake = 10 * Ticks.PerSecond;

    /// <summary>Moves the deadline on because bytes came: the server lives.</summary>
    private void Heard(Client client, long now)
    {
        if (client.SilenceLimit > 0 && client.State == ClientState.Ready && !client.IsSlow) SetDeadline(client, now + client.SilenceLimit);
    }

    private void SetDeadline(Client client, long deadline)
    {
        client.Deadline = deadline;
        if (deadline >= client.DeadlineTimer) return; // that timer will look again
        client.DeadlineTimer = deadline;
        _timers.Enqueue((client, LoopTimer.Deadline), deadline);
    }

    private void MeetDeadline(Client client)
    {
        if (client.DeadlineTimer > Ticks.Now) return; // an earlier timer replaced this one, and has passed
        client.DeadlineTimer = long.MaxValue;
        if (client.Deadline > Ticks.Now) SetDeadline(client, client.Deadline);
        else if (client.Socket is not null) Lose(client, client.State == ClientState.Ready ? "no-heart-beat" : "no-handshake");
    }
}
