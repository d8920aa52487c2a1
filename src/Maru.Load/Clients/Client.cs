using System.Net.Sockets;
using Maru.Load.Inbound;
using Maru.Load.Measuring;
using Maru.Load.Sockets;
using Maru.Load.Verification;

namespace Maru.Load.Clients;

internal enum ClientState : byte
{
    /// <summary>Not connected; a timer will dial.</summary>
    Waiting,
    Dialing,

    /// <summary>The HTTP upgrade is under way.</summary>
    Upgrading,

    /// <summary>CONNECT is sent.</summary>
    Connecting,

    /// <summary>SUBSCRIBE is sent.</summary>
    Subscribing,
    Ready,
}

/// <summary>One user's connection, and the state of its verification. Belongs to one loop's thread.</summary>
internal sealed class Client(int number, string token, RoomView room)
{
    /// <summary>The client's number in the run, which messages name as their sender.</summary>
    public int Number { get; } = number;

    public string Token { get; } = token;

    public RoomView Room { get; } = room;

    /// <summary>Index in the loop's list, and the poller's number for it.</summary>
    public int Slot { get; set; }

    /// <summary>The unacknowledged messages; null for a client that only listens.</summary>
    public Pending? Pending { get; init; }

    public bool IsSlow { get; init; }

    /// <summary>True when it drops its connection now and then, as the scenario asks.</summary>
    public bool IsFlighty { get; init; }

    public SeqCheck Seq = new(room.Start);
    public Silence Silence;
    public ServerFrames Frames = new();
    public Outgoing Out;

    /// <summary>The incomplete end of the last read, kept until the rest comes.</summary>
    public byte[] Tail = [];
    public int TailLength;

    public Socket? Socket { get; set; }

    public ClientState State { get; set; }

    /// <summary>Index of the node that it is connected to, or will be.</summary>
    public int Node { get; set; }

    /// <summary>The delay that its server asked for before it comes back, in ms; 0 = none.</summary>
    public int RetryAfter { get; set; }

    /// <summary>
    /// The time at which its connection is given up unless bytes come: for a handshake that takes too long, or a server whose heart-beat
    /// stopped.
    /// </summary>
    public long Deadline { get; set; } = long.MaxValue;

    /// <summary>Longest silence of the server (ns) that the heart-beats of this connection allow; 0 = any.</summary>
    public long SilenceLimit { get; set; }

    /// <summary>The time at which the loop checks the deadline next.</summary>
    public long DeadlineTimer { get; set; } = long.MaxValue;

    /// <summary>True when it was ready at least once: from then on it resumes and does not give up.</summary>
    public bool WasReady { get; set; }

    /// <summary>The time at which it lost its connection; used until it has caught up.</summary>
    public long LostAt { get; set; }

    /// <summary>The seq with which a resumed client has caught up; -1 = it has.</summary>
    public long CatchUpTo { get; set; } = -1;

    /// <summary>Failed dials in a row, for the back-off.</summary>
    public int Failures { get; set; }

    /// <summary>Messages due before this time are no latency samples for it (it was not connected, or the run was not measuring).</summary>
    public long LatencyFrom { get; set; } = long.MaxValue;

    /// <summary>True when it has bytes to flush at the end of this turn.</summary>
    public bool IsDirty { get; set; }

    /// <summary>The events that the poller watches it for.</summary>
    public uint Interest { get; set; }

    /// <summary>The next number to write: below it everything pending has been written on this connection.</summary>
    public int NextToWrite { get; set; }

    /// <summary>True when a message was refused for now, and is sent again when its timer fires.</summary>
    public bool WillRepeat { get; set; }

    /// <summary>Returns whether it is connected, has a response to each message, and has everything up to its room's head.</summary>
    public bool IsSettled(long head)
        => State == ClientState.Ready && Pending is not { Outstanding: > 0 } && (Seq.Last >= head || (Seq.Last < 0 && head == 0));
}
