using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;

namespace Maru.Engine;

/// <summary>Sizes, limits and times of the live core. Every bound on memory that a client can fill is here.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The converter that a range of times needs is TimeSpan's own.")]
public sealed class EngineOptions : IValidatableObject
{
    private const long LeastMemoryBytes = 16 * 1024 * 1024;    // some connections with what each may hold

    /// <summary>Loops that deliver, each with a thread of its own; 0 means one per core.</summary>
    [Range(0, 256)]
    public int Lanes { get; set; }

    /// <summary>The share of messages that are followed, 0 to 1, where somebody listens.</summary>
    internal double TraceRatio { get; set; } = 1;

    /// <summary>Header lines a STOMP frame may have.</summary>
    [Range(8, 128)]
    public int MaxHeaders { get; set; } = 64;

    /// <summary>Bytes that a STOMP frame's command and headers may have together.</summary>
    [Range(2048, 1024 * 1024)]
    public int MaxHeaderBytes { get; set; } = 16 * 1024;

    /// <summary>Bytes that a STOMP frame's body may have; also the limit for a signal.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 64 * 1024;

    /// <summary>Bytes of a message's text, in UTF-8.</summary>
    [Range(1, 16 * 1024 * 1024)]
    public int MaxTextBytes { get; set; } = 16 * 1024;

    /// <summary>Bytes of an idempotency key.</summary>
    [Range(1, 1024)]
    public int MaxClientKeyBytes { get; set; } = 128;

    /// <summary>
    /// Memory that clients may make the process keep in all, in bytes: what waits for them, what comes from them, their subscriptions, and
    /// the recent events of rooms. 0: a third of the memory that the process may use. Beyond it the largest and slowest are cut.
    /// </summary>
    [Range(0L, long.MaxValue)]
    public long ClientMemoryBytes { get; set; }

    /// <summary>Bytes that wait for one client before its subscriptions turn into cursors.</summary>
    [Range(4096, 256 * 1024 * 1024)]
    public int OutboxBytes { get; set; } = 1024 * 1024;

    /// <summary>Bytes that the kernel may hold for one client, besides the outbox.</summary>
    [Range(4096, 64 * 1024 * 1024)]
    public int SendBufferBytes { get; set; } = 128 * 1024;

    /// <summary>Bytes of one page that a cursor reads.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int PageBytes { get; set; } = 128 * 1024;

    /// <summary>How long a loaded room keeps its recent events in memory, within the next two bounds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan TailAge { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Bytes of recent events that a loaded room keeps however old they are.</summary>
    [Range(0, 1024 * 1024 * 1024)]
    public int TailMinBytes { get; set; } = 32 * 1024;

    /// <summary>Bytes of recent events that a loaded room keeps at most.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int TailMaxBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How often the store is asked for entries of other nodes while the bus between them works.</summary>
    [Range(typeof(TimeSpan), "00:00:00.02", "00:01:00")]
    public TimeSpan TailCheck { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The same while there is no bus, or it is away: the longest wait for another node's message.</summary>
    [Range(typeof(TimeSpan), "00:00:00.02", "00:01:00")]
    public TimeSpan TailCheckAlone { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long the server waits for a missing entry of another node when a later one is here, while the bus works; then it reads the
    /// store.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan GapPatience { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Bytes of drafts that wait for the store; beyond it senders wait.</summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int CommitQueueBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// Least time from one commit to the next when the process uses three quarters of the cores; less below that, none below a third. 0:
    /// never waits.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan CommitPace { get; set; } = TimeSpan.FromMilliseconds(8);

    /// <summary>
    /// Bytes of other nodes' entries and signals that wait to be delivered; those beyond it are read from the store later.
    /// </summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int ReceiveBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Bytes of events that wait for one user whose connections read slowly; beyond it those connections are cut.</summary>
    [Range(16 * 1024, 64 * 1024 * 1024)]
    public int UserFeedBytes { get; set; } = 256 * 1024;

    /// <summary>
    /// Bytes of events that wait for all users whose connections read slowly, and of those that wait to be told to other nodes; beyond it
    /// connections are cut, and events stay on this node.
    /// </summary>
    [Range(1024 * 1024, 1024 * 1024 * 1024)]
    public int FeedBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// Subscribers a second on one node that the typing events of one room reach, and likewise its read events; of more subscribers fewer
    /// events come.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int EventDeliveriesPerSecond { get; set; } = 10_000;

    /// <summary>How often those who look at the list of public rooms are told what changed: of each room once at most.</summary>
    [Range(typeof(TimeSpan), "00:00:00.25", "00:01:00")]
    public TimeSpan DiscoverEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Rooms of which they are told at a time; the others wait for the next.</summary>
    [Range(1, 10_000)]
    public int DiscoverEvents { get; set; } = 200;

    /// <summary>Drafts that one transaction takes at most.</summary>
    [Range(1, 100_000)]
    public int CommitBatch { get; set; } = 2000;

    /// <summary>Bytes of drafts that one connection may have on the way to the store; beyond it that connection waits.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int InFlightBytes { get; set; } = 512 * 1024;

    /// <summary>Subscriptions of one connection.</summary>
    [Range(1, 100_000)]
    public int MaxSubscriptions { get; set; } = 1000;

    /// <summary>Subscriptions of one user on one node, over all of that user's connections.</summary>
    [Range(1, 10_000_000)]
    public int MaxSubscriptionsPerUser { get; set; } = 10_000;

    /// <summary>Bytes of a client's own name for a subscription or a transaction, in UTF-8.</summary>
    [Range(16, 4096)]
    public int MaxNameBytes { get; set; } = 256;

    /// <summary>Rooms that one connection may use without subscribing.</summary>
    [Range(1, 100_000)]
    public int MaxRooms { get; set; } = 2000;

    /// <summary>STOMP transactions that one connection may hold open; 0 means none.</summary>
    [Range(0, 1000)]
    public int MaxTransactions { get; set; } = 8;

    /// <summary>Bytes that the SENDs of one STOMP transaction may have together.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int TransactionBytes { get; set; } = 256 * 1024;

    /// <summary>Connections in all.</summary>
    [Range(1, 10_000_000)]
    public int MaxConnections { get; set; } = 100_000;

    /// <summary>Connections of one user.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnectionsPerUser { get; set; } = 100;

    /// <summary>Messages and signals a second that one user may send in the long run; 0 means no limit.</summary>
    [Range(0, 1_000_000)]
    public int MessagesPerSecond { get; set; } = 50;

    /// <summary>Messages and signals that one user may send at once after a rest.</summary>
    [Range(1, 1_000_000)]
    public int MessageBurst { get; set; } = 200;

    /// <summary>
    /// Listeners a second on one node that one user's signals may reach in the long run: what a signal costs grows with them. 0 means no
    /// limit.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int SignalDeliveriesPerSecond { get; set; } = 100_000;

    /// <summary>Listeners that one user's signals may reach at once after a rest; one signal to more of them is let through.</summary>
    [Range(1, int.MaxValue)]
    public int SignalDeliveryBurst { get; set; } = 200_000;

    /// <summary>How long a new connection may take to send CONNECT.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often the server sends a heart-beat and wants one, where the client agrees; 0 means never, else a second at least: the sweeper's
    /// round.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan HeartBeat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection without heart-beats is pinged after this silence, and closed after three times as long.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan PingAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A client that reads nothing of its waiting bytes for this long is cut off. At 1 KB/s a kernel with the usual receive buffer of 128
    /// KiB keeps its window closed for up to 127 s (measured), as if the client read nothing.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SlowClientTimeout { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>How long a closing connection may take to read its last words.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the server, not ready and refusing new connections, waits before it tells clients to go: time for a balancer to notice.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainDelay { get; set; } = TimeSpan.Zero;

    /// <summary>
    /// The time over which clients are told to go, each at its own moment, when there are many; 2 ms a client when there are few.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainWindow { get; set; } = TimeSpan.FromSeconds(5);

    public PresenceOptions Presence { get; } = new();

    /// <summary>How often the sweeper checks the connections.</summary>
    internal static TimeSpan SweepEvery => TimeSpan.FromSeconds(1);

    /// <summary>Checks the rules that no single range expresses.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (HeartBeat > TimeSpan.Zero && HeartBeat < SweepEvery)
            yield return new ValidationResult($"{nameof(HeartBeat)} must be 0 or at least a second.");
        if (TailMinBytes > TailMaxBytes)
            yield return new ValidationResult($"{nameof(TailMinBytes)} must not exceed {nameof(TailMaxBytes)}.");
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (ClientMemoryBytes != 0 && (ClientMemoryBytes < LeastMemoryBytes || ClientMemoryBytes > memory))
        {
            yield return new ValidationResult(
                $"{nameof(ClientMemoryBytes)} must be 0 or from {LeastMemoryBytes} to {memory}, the memory that the process may use.");
        }
    }
}
