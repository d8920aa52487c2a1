using System.Net.Sockets;
using Maru.Load.Inbound;
using Maru.Load.Measuring;
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

/// <summary>One user's connection and what is verified of it. Belongs to one loop's thread.</summary>
internal sealed class Client(int number, string token, RoomView room)
{
    /// <summary>Its number in the run, which messages name as their sender.</summary>
    public int Number { get; } = number;

    public string Token { get; } = token;

    public RoomView Room { get; } = room;

    /// <summary>Its place in the loop's list, and what the poller calls it.</summary>
    public int Slot { get; set; }

    /// <summary>Null for one that only listens.</summary>
    public Pending? Pending { get; init; }

    public bool IsSlow { get; init; }

    /// <summary>Drops its connection now and then, as the scenario asks.</summary>
    public bool IsFlighty { get; init; }

    public SeqCheck Seq = new(room.Start);
    public Silence Silence;
    public ServerFrames Frames = new();
    public Outgoing Out;

    /// <summary>The incomplete end of what was read, kept until the rest comes.</summary>
    public byte[] Tail = [];
    public int TailLength;

    public Socket? Socket { get; set; }

    public ClientState State { get; set; }

    /// <summary>Which of the run's nodes it is connected to, or will be.</summary>
    public int Node { get; set; }

    /// <summary>What its server asked it to wait before it comes back, in ms; 0 = nothing.</summary>
    public int RetryAfter { get; set; }

    /// <summary>
    /// When its connection is given up unless something comes: a handshake that takes too long, a server whose heart-beat stopped.
    /// </summary>
    public long Deadline { get; set; } = long.MaxValue;

    /// <summary>Longest time (ns) without anything from the server that this connection agreed on; 0 = for ever.</summary>
    public long Patience { get; set; }

    /// <summary>When the loop looks at the deadline next.</summary>
    public long DeadlineTimer { get; set; } = long.MaxValue;

    /// <summary>It was ready at least once: from then on it resumes and does not give up.</summary>
    public bool WasReady { get; set; }

    /// <summary>When it lost its connection; of use until it has caught up.</summary>
    public long LostAt { get; set; }

    /// <summary>It resumed and has caught up when it has this seq; -1 = it has.</summary>
    public long CatchUpTo { get; set; } = -1;

    /// <summary>Failed dials in a row, for the back-off.</summary>
    public int Failures { get; set; }

    /// <summary>
    /// Messages due before this moment are no latency samples for it (it was not connected, or the run was not measuring).
    /// </summary>
    public long LatencyFrom { get; set; } = long.MaxValue;

    /// <summary>It has something to flush at the end of this turn.</summary>
    public bool IsDirty { get; set; }

    /// <summary>What the poller watches it for.</summary>
    public uint Interest { get; set; }

    /// <summary>The next number to write: below it everything pending has been written on this connection.</summary>
    public int NextToWrite { get; set; }

    /// <summary>Something of it was refused for now, and is sent again when its timer fires.</summary>
    public bool WillRepeat { get; set; }

    /// <summary>It is connected, has an answer to each message, and everything up to its room's head.</summary>
    public bool IsSettled(long head)
        => State == ClientState.Ready && Pending is not { Outstanding: > 0 } && (Seq.Last >= head || (Seq.Last < 0 && head == 0));
}
