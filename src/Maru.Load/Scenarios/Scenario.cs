using System.Text.Json.Serialization;

namespace Maru.Load.Scenarios;

/// <summary>
/// The work of a run and its thresholds. One JSON file; unknown fields are errors; docs/load.md describes each field. Times are seconds.
/// </summary>
internal sealed record Scenario
{
    /// <summary>Short name, shown in reports; the file's name when left out.</summary>
    public string Name { get; init; } = "";

    /// <summary>One sentence for <c>maru-load scenarios</c>.</summary>
    public string Description { get; init; } = "";

    /// <summary>Connections, one user each. May be left out when <see cref="Members"/> is given.</summary>
    public int Clients { get; init; }

    /// <summary>Rooms in use; client j is in room j mod rooms.</summary>
    public int Rooms { get; init; } = 1;

    /// <summary>Clients in each room: another way to give <see cref="Clients"/> (rooms x members).</summary>
    public int Members { get; init; }

    /// <summary>
    /// Addresses of this machine (127.55.0.0/16) from which the clients come, where the server is on it; 1 = the usual one.
    /// </summary>
    public int Addresses { get; init; } = 1;

    /// <summary>How many of the clients send; 0 = all.</summary>
    public int Senders { get; init; }

    /// <summary>
    /// Open loop: messages a second of all senders together, sent on schedule whatever the server does; latency counts from the schedule.
    /// </summary>
    public double Rate { get; init; }

    /// <summary>Closed loop: messages that each sender keeps unacknowledged. Exclusive with <see cref="Rate"/>.</summary>
    public int Window { get; init; }

    /// <summary>Bytes of the message's text; 64 at least.</summary>
    public int Payload { get; init; } = 64;

    /// <summary>Whether each SEND carries a <c>client-key</c>, which is also what allows a retry after a reconnect.</summary>
    public bool ClientKeys { get; init; } = true;

    /// <summary>Seconds over which the clients connect.</summary>
    public double Ramp { get; init; } = 2;

    /// <summary>Seconds of sending that are verified but not measured.</summary>
    public double Warmup { get; init; } = 3;

    /// <summary>Seconds that are measured.</summary>
    public double Duration { get; init; } = 20;

    /// <summary>Seconds to wait after the last send for outstanding messages; those that are missing then are lost.</summary>
    public double DrainTimeout { get; init; } = 30;

    /// <summary>Share (0 to 1) of the clients that read slowly; they do not send and are not in the latency figures.</summary>
    public double SlowShare { get; init; }

    /// <summary>Bytes a second that a slow client reads; 0 = nothing until the drain.</summary>
    public int SlowBytesPerSecond { get; init; }

    /// <summary>Share (0 to 1) of the clients that drop their connection at random moments and resume.</summary>
    public double ReconnectShare { get; init; }

    /// <summary>Seconds between two drops of the same client, on average.</summary>
    public double ReconnectEvery { get; init; } = 10;

    /// <summary>
    /// Seconds between two heart-beats that the clients ask of the server; a client that gets none for twice as long reconnects. 0 = none.
    /// </summary>
    public double HeartBeat { get; init; }

    /// <summary>
    /// Clients that connect before the server's memory is measured for the first time,
    /// so that a first connection's one-time cost is not counted.
    /// </summary>
    public int BaselineClients { get; init; }

    /// <summary>Whether the start and the end are compared with the history over REST. Without it only deliveries are verified.</summary>
    public bool History { get; init; } = true;

    /// <summary>
    /// People, the first ones of the token file, who read and have tabs; everybody's unread counts are checked. 0 = nobody's.
    /// </summary>
    public int Readers { get; init; }

    /// <summary>Rooms that each person is in, where there are readers: they join further ones before the run.</summary>
    public int RoomsEach { get; init; } = 1;

    /// <summary>Connections of each reader that listen to their own events.</summary>
    public int Tabs { get; init; } = 1;

    /// <summary>Share (0 to 1) of the tabs that are Server-Sent Events; the others are STOMP.</summary>
    public double StreamShare { get; init; } = 0.5;

    /// <summary>Seconds that a tab is open, on average; then another one opens. 0 = it stays.</summary>
    public double TabEvery { get; init; }

    /// <summary>Seconds between two moves of a reader's position, on average; 0 = they never read.</summary>
    public double ReadEvery { get; init; }

    /// <summary>People, the first ones of the token file, who have a stream of their room's log; they need not be readers.</summary>
    public int RoomStreams { get; init; }

    /// <summary>
    /// Threads that serve the connections.
    /// One took 3.2 million deliveries a second with 45 % of a core; more take the server's cores.
    /// </summary>
    public int Threads { get; init; } = 1;

    /// <summary>The faults that are made while messages are sent.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>
    /// The attacks that are made one after the other, again and again, while messages are measured; see <see cref="AttackName"/>.
    /// </summary>
    [JsonConverter(typeof(NamesConverter))]
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Seconds that one attack lasts.</summary>
    public double AttackFor { get; init; } = 10;

    /// <summary>Seconds of rest after each.</summary>
    public double AttackRest { get; init; } = 5;

    /// <summary>Share of each attack's usual number of sockets; at least one is used.</summary>
    public double AttackSize { get; init; } = 1;

    /// <summary>Addresses of this machine (127.66.0.0/16) from which the attackers come.</summary>
    public int AttackAddresses { get; init; } = 1;

    /// <summary>Seed of the draws among faults; 0 = another one in each run, which is printed.</summary>
    public int Seed { get; init; }

    /// <summary>The demands on the run, each as <c>measure operator number</c>, for instance <c>deliveryP99Ms &lt; 100</c>.</summary>
    public IReadOnlyList<string> Thresholds { get; init; } = [];

    /// <summary>Seconds in which every attack is made once.</summary>
    [JsonIgnore]
    public double AttackRound => Kinds.Count * (AttackFor + AttackRest);

    /// <summary>Returns the same without the attacks that come over TLS.</summary>
    public Scenario WithoutTls()
    {
        var rest = this with { Kinds = [.. Kinds.Where(kind => !AttackName.Parse(kind).Tls)] };
        return Duration == AttackRound && rest.Kinds.Count > 0 ? rest with { Duration = rest.AttackRound } : rest;
    }

    [JsonIgnore]
    public int SlowClients => (int)Math.Round(SlowShare * Clients);

    [JsonIgnore]
    public int SendingClients => Rate <= 0 && Window == 0 ? 0 : Math.Min(Senders == 0 ? Clients : Senders, Clients - SlowClients);

    /// <summary>The users that the run needs: the clients, and readers beyond them.</summary>
    [JsonIgnore]
    public int People => Math.Max(Clients, Math.Max(Readers, RoomStreams));

    /// <summary>The rooms that have clients; the others are not touched.</summary>
    [JsonIgnore]
    public int RoomsInUse => Math.Min(Rooms, Clients);
}
