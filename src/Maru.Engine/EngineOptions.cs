namespace Maru.Engine;

/// <summary>Sizes, limits and times of the live core. Every bound on memory that a client can fill is here.</summary>
public sealed class EngineOptions
{
    /// <summary>Loops that deliver, each with a thread of its own; 0 means one per core.</summary>
    public int Lanes { get; set; }

    /// <summary>Header lines a STOMP frame may have.</summary>
    public int MaxHeaders { get; set; } = 64;

    /// <summary>Bytes that a STOMP frame's command and headers may have together.</summary>
    public int MaxHeaderBytes { get; set; } = 16 * 1024;

    /// <summary>Bytes that a STOMP frame's body may have; also the limit for a signal.</summary>
    public int MaxBodyBytes { get; set; } = 64 * 1024;

    /// <summary>Bytes of a message's text, in UTF-8.</summary>
    public int MaxTextBytes { get; set; } = 16 * 1024;

    /// <summary>Bytes of an idempotency key.</summary>
    public int MaxClientKeyBytes { get; set; } = 128;

    /// <summary>Bytes that wait for one client before its subscriptions turn into cursors.</summary>
    public int OutboxBytes { get; set; } = 1024 * 1024;

    /// <summary>Bytes that the kernel may hold for one client, besides the outbox.</summary>
    public int SendBufferBytes { get; set; } = 128 * 1024;

    /// <summary>Bytes of one page that a cursor reads.</summary>
    public int PageBytes { get; set; } = 128 * 1024;

    /// <summary>How long a loaded room keeps its recent events in memory, within the next two bounds.</summary>
    public TimeSpan TailAge { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Bytes of recent events that a loaded room keeps however old they are.</summary>
    public int TailMinBytes { get; set; } = 32 * 1024;

    /// <summary>Bytes of recent events that a loaded room keeps at most.</summary>
    public int TailMaxBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How often the store is asked for entries of other nodes while the bus between them works.</summary>
    public TimeSpan TailCheck { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The same while there is no bus, or it is away: what another node's message waits for at most.</summary>
    public TimeSpan TailCheckAlone { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Bytes of drafts that wait for the store; beyond it senders wait.</summary>
    public int CommitQueueBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Bytes of other nodes' entries and signals that wait to be delivered; what comes beyond it is read from the store later.</summary>
    public int ReceiveBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Drafts that one transaction takes at most.</summary>
    public int CommitBatch { get; set; } = 2000;

    /// <summary>Bytes of drafts that one connection may have on the way to the store; beyond it that connection waits.</summary>
    public int InFlightBytes { get; set; } = 512 * 1024;

    /// <summary>Subscriptions of one connection.</summary>
    public int MaxSubscriptions { get; set; } = 1000;

    /// <summary>Rooms that one connection may use without subscribing.</summary>
    public int MaxRooms { get; set; } = 2000;

    /// <summary>STOMP transactions that one connection may hold open.</summary>
    public int MaxTransactions { get; set; } = 8;

    /// <summary>Bytes that the SENDs of one STOMP transaction may have together.</summary>
    public int TransactionBytes { get; set; } = 256 * 1024;

    /// <summary>Connections in all.</summary>
    public int MaxConnections { get; set; } = 100_000;

    /// <summary>Connections of one user.</summary>
    public int MaxConnectionsPerUser { get; set; } = 100;

    /// <summary>Messages and signals a second that one user may send in the long run; 0 means no limit.</summary>
    public int MessagesPerSecond { get; set; } = 50;

    /// <summary>Messages and signals that one user may send at once after a rest.</summary>
    public int MessageBurst { get; set; } = 200;

    /// <summary>How long a new connection may take to send CONNECT.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the server sends a heart-beat and wants one, where the client agrees.</summary>
    public TimeSpan HeartBeat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection without heart-beats is pinged after this silence, and closed after three times as long.</summary>
    public TimeSpan PingAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A client that takes nothing of what waits for it for so long is closed. At 1 KB/s a kernel with the usual receive buffer of 128 KiB keeps its window closed for
    /// up to 127 s (measured), as if nobody read.
    /// </summary>
    public TimeSpan SlowClientTimeout { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>How long a closing connection may take to fetch its last words.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the server waits at its end, not ready and with the doors closed, before it tells clients to go: for a balancer to notice.</summary>
    public TimeSpan DrainDelay { get; set; } = TimeSpan.Zero;

    /// <summary>Over how long clients are told to go, each at its own moment, when there are many; 2 ms a client when there are few.</summary>
    public TimeSpan DrainWindow { get; set; } = TimeSpan.FromSeconds(5);

    internal Wire.StompLimits StompLimits => new(MaxHeaders, MaxHeaderBytes, MaxBodyBytes);
}
