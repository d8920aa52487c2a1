using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Operations;

/// <summary>
/// What a node measured in one interval, of five seconds as a rule. Durations are seconds, and absent when there were none.
/// </summary>
/// <param name="Number">1, 2, 3 … since the node's start: the <c>after</c> of the points that follow</param>
/// <param name="At">the end of the interval</param>
/// <param name="Connections">open connections of clients</param>
/// <param name="Subscriptions">subscriptions to rooms and their signals</param>
/// <param name="Rooms">rooms in use</param>
/// <param name="Cursors">subscriptions that are behind and read at their own pace</param>
/// <param name="Messages">entries a second that became durable</param>
/// <param name="QueueBytes">bytes of drafts that wait for the store</param>
/// <param name="QueueLimit">their bound</param>
/// <param name="MemoryUsed">bytes that clients make the process keep</param>
/// <param name="MemoryLimit">their bound</param>
/// <param name="OutboxBytes">bytes that wait for clients to take them</param>
/// <param name="Refusals">refused requests of clients a second</param>
/// <param name="Errors">responses with a status from 500 on, a second</param>
/// <param name="Cpu">processor cores in use: 0.5 is half of one</param>
/// <param name="ProcessBytes">bytes of memory that the process has</param>
/// <param name="DurableP50">from a message's arrival to its being durable: half took no longer</param>
/// <param name="DurableP99">the same: 99 of 100 took no longer</param>
/// <param name="ReceiptP50">from a message's arrival to its sender's being told</param>
/// <param name="DeliveryP50">from an entry's being durable to its being written for all who listen on the node</param>
/// <param name="BusConnected">whether all buses carry frames; absent: the node has no bus</param>
/// <param name="BusLag">from sending a frame to its coming back: half took no longer</param>
[Example(
    """
    {
      "number": 12, "at": "2026-11-20T12:50:00.000Z", "connections": 1200, "subscriptions": 4800, "rooms": 310, "cursors": 2,
      "messages": 84.2, "durableP50": 0.0021, "durableP99": 0.0094, "receiptP50": 0.0024, "receiptP99": 0.0101, "deliveryP50": 0.0007,
      "deliveryP99": 0.0031, "queueBytes": 4096, "queueLimit": 67108864, "memoryUsed": 52428800, "memoryLimit": 1073741824,
      "outboxBytes": 8192, "refusals": 0.2, "errors": 0, "busConnected": true, "busLag": 0.0011, "cpu": 0.42, "processBytes": 268435456
    }
    """)]
public sealed record NodePoint(
    long Number,
    DateTimeOffset At,
    long Connections,
    long Subscriptions,
    long Rooms,
    long Cursors,
    double Messages,
    long QueueBytes,
    long QueueLimit,
    long MemoryUsed,
    long MemoryLimit,
    long OutboxBytes,
    double Refusals,
    double Errors,
    double Cpu,
    long ProcessBytes,
    double? DurableP50 = null,
    double? DurableP99 = null,
    double? ReceiptP50 = null,
    double? ReceiptP99 = null,
    double? DeliveryP50 = null,
    double? DeliveryP99 = null,
    bool? BusConnected = null,
    double? BusLag = null);
