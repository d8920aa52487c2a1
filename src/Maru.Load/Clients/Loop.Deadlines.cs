using Maru.Load.Measuring;

namespace Maru.Load.Clients;

// Connections that are given up because nothing comes.
internal sealed partial class Loop
{
    // A stopped server's kernel still accepts connections, and a broken network answers nothing: after this a client tries the next node.
    private const long LongestHandshake = 10 * Ticks.PerSecond;

    /// <summary>Something came: the server lives.</summary>
    private void Heard(Client client, long now)
    {
        if (client.Patience > 0 && client.State == ClientState.Ready && !client.IsSlow) SetDeadline(client, now + client.Patience);
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
        if (client.DeadlineTimer > Ticks.Now) return; // an earlier one took its place, and has passed
        client.DeadlineTimer = long.MaxValue;
        if (client.Deadline > Ticks.Now) SetDeadline(client, client.Deadline);
        else if (client.Socket is not null) Lose(client, client.State == ClientState.Ready ? "no-heart-beat" : "no-handshake");
    }
}
