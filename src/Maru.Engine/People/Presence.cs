using Maru.Engine.Bus;
using Maru.Engine.Connections;
using Maru.Engine.Output;

namespace Maru.Engine.People;

/// <summary>
/// Who is there, over all connections and nodes: people here (<see cref="PeopleHere"/>), people on other nodes by what these tell (<see
/// cref="PeopleElsewhere"/>), and the connections that watch some of them (<see cref="PresenceWatches"/>). All in memory: a connection that
/// comes or goes costs the same however many there are, and is told to other nodes and to those who watch in rounds of <see
/// cref="RoundEvery"/>. What the store must be asked, the server asks beside the path: see <see cref="Wanted"/>. Any thread.
/// </summary>
public sealed partial class Presence : IDisposable
{
    private const int MostLeft = 100_000;

    internal static readonly TimeSpan RoundEvery = TimeSpan.FromMilliseconds(250);

    private readonly ConnectionTable _connections;
    private readonly EngineClock _clock;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Lock _gate = new();
    private readonly Lock _round = new();       // one round at a time
    private readonly PeopleHere _here;
    private readonly PeopleElsewhere _elsewhere;
    private readonly PresenceWatches _watches;
    private readonly PresenceChannel _channel;
    private readonly EngineLog _log;
    private List<PersonPresence> _left = [];
    private ITimer? _timer;

    internal Presence(
        ConnectionTable connections, IBus bus, PresenceOptions options, EngineClock clock, EngineMetrics metrics, EngineLog log,
        TimeProvider time)
    {
        (_connections, _clock, _log, _time, _started, Options) = (connections, clock, log, time, time.GetTimestamp(), options);
        Rate = new Gcra(options.PeopleBurst, options.PeoplePerSecond, TimeSpan.FromSeconds(1), time);
        _watches = new PresenceWatches(MergedState, metrics);
        _here = new PeopleHere(connections, options, clock, ChangeHere);
        _elsewhere = new PeopleElsewhere(options.Lease, _watches.Mark);
        _channel = new PresenceChannel(bus, options.Lease, Hear, _watches.Meet);
        connections.Bound += Come;
        connections.Unbound += Leave;
    }

    public PresenceOptions Options { get; }

    /// <summary>The limit on the people whom each user asks for or begins to watch.</summary>
    public Gcra Rate { get; }

    /// <summary>Tells whom somebody may see. Set by the server before it takes connections.</summary>
    public PresenceSight? Sight { get; set; }

    /// <summary>
    /// Raised when the store must be asked: <see cref="TakeUnread"/> has people, or <see cref="CheckAsync"/> something to check. Handlers
    /// return at once.
    /// </summary>
    public event Action? Wanted;

    /// <summary>Returns whether the person is there and shows it: to those who may see them.</summary>
    public PresenceState StateOf(UserId user)
    {
        lock (_gate) return MergedState(user);
    }

    /// <summary>Returns the presence of people as a user may see it, in their order. Reads the store.</summary>
    public async Task<IReadOnlyList<PersonPresence>> AskAsync(UserId viewer, IReadOnlyCollection<UserId> people, CancellationToken ct)
    {
        var seen = (await SeeAsync(viewer, people, ct).ConfigureAwait(false)).ToDictionary(x => x.User, x => x.LastSeen);
        lock (_gate) return [.. people.Select(user => Seen(user, seen))];
    }

    /// <summary>Notes that a person did something on this node, wherever they are connected.</summary>
    public void Act(UserId user)
    {
        if (!_connections.TryGet(user, out var here))
        {
            _channel.TellActive(user);
            return;
        }

        here.ActedAt = _clock.Now;
        if (here.IsAway) Look(user);
    }

    /// <summary>Notes that a person did something on a connection.</summary>
    internal void Act(Connection connection)
    {
        connection.ActedAt = _clock.Now;
        if (connection.User!.IsAway) Look(connection.User.Id);
    }

    /// <summary>Notes that the person has left a connection alone: their other connections say whether they are away.</summary>
    internal void Idle(Connection connection)
    {
        var user = connection.User!;
        connection.ActedAt = user.ActedAt = ConnectedUser.NeverActed;
        Look(user.Id);
    }

    /// <summary>
    /// Takes a change of a person's setting, from whichever node. Who hides is hidden at once; who shows again is shown once the store says
    /// the same, since two changes may be told in another order than they were made.
    /// </summary>
    public void Show(UserId user, bool shows)
    {
        lock (_gate)
        {
            if (!shows) _here.Hide(user);
            _here.ReadAgain(user);
            _watches.Show(user, shows);
        }

        Want();
    }

    /// <summary>Takes a change of whether a person tells when they were there last, from whichever node.</summary>
    public void ShowLastSeen(UserId user, bool shows)
    {
        lock (_gate) _watches.ShowLastSeen(user, shows);
        Want();
    }

    /// <summary>
    /// Takes, after the commit, that people have come into a room: they and those who watch them, on any node, may see each other now.
    /// </summary>
    public void Meet(ReadOnlySpan<UserId> users)
    {
        lock (_gate)
        {
            foreach (var user in users)
            {
                _watches.Meet(user);
                _channel.Meet(user);
            }
        }

        Want();
    }

    /// <summary>
    /// Takes, on every node and after the commit, that somebody blocks a user, who sees nothing of them from now on, or blocks them no
    /// longer. It is looked up anew, since two changes may be told in another order than they were made.
    /// </summary>
    public void Block(UserId user, UserId viewer, bool blocks)
    {
        lock (_gate) _watches.Block(user, viewer, blocks);
        Want();
    }

    internal void Start() => _timer = _time.CreateTimer(_ => Round(), null, RoundEvery, RoundEvery);

    public void Dispose()
    {
        _timer?.Dispose();
        _channel.Dispose();
    }

    /// <summary>People who are connected to this node, or were a moment ago, and connections that watch people: for the metrics.</summary>
    internal (int People, int Watches) Count
    {
        get
        {
            lock (_gate) return (_here.Count, _watches.Count);
        }
    }

    private long Now => (long)_time.GetElapsedTime(_started).TotalMilliseconds;

    private PresenceState MergedState(UserId user)
    {
        var (here, elsewhere) = (_here.StateOf(user), _elsewhere.StateOf(user));
        return here > elsewhere ? here : elsewhere;
    }

    private PersonPresence Seen(UserId user, Dictionary<UserId, long> seen)
    {
        if (!seen.TryGetValue(user, out var lastSeen)) return new PersonPresence(user, PresenceState.Offline, 0);
        var state = MergedState(user);
        return new PersonPresence(user, state, state == PresenceState.Offline ? Math.Max(0, lastSeen) : 0);
    }

    private void Come(ConnectedUser user, Connection connection)
    {
        lock (_gate) _here.Come(user, connection, _elsewhere.StateOf(user.Id));
        Want();
    }

    private void Leave(UserId user)
    {
        lock (_gate) _here.Leave(user);
    }

    private void Look(UserId user)
    {
        lock (_gate) _here.Look(user);
    }

    /// <summary>Under the gate.</summary>
    private void ChangeHere(UserId user, PresenceState state, long lastSeen)
    {
        _channel.Change(new PersonPresence(user, state, lastSeen));
        _watches.Mark(user, lastSeen);
        if (lastSeen > 0) Keep(user, lastSeen);
    }

    /// <summary>Keeps until it is stored when a person was here last, or on a node that died: that one cannot store it.</summary>
    private void Keep(UserId user, long lastSeen)
    {
        if (_left.Count < MostLeft) _left.Add(new PersonPresence(user, PresenceState.Offline, lastSeen));
    }

    /// <summary>Tells what changed: other nodes, and those who watch.</summary>
    private void Round()
    {
        if (!_round.TryEnter()) return;     // the one before still runs
        try
        {
            using var flush = new FlushList();
            List<byte[]> frames;
            lock (_gate)
            {
                var (now, wall) = (Now, _time.GetUtcNow().ToUnixTimeMilliseconds());
                _here.Tick(wall);
                _elsewhere.Expire(now, wall, Keep);
                _watches.Deliver(now, flush);
                frames = _channel.TakeFrames(now, _here);
            }

            _channel.Publish(frames);
            Want();
        }
        catch (Exception e)
        {
            _log.PresenceFailed(e);
        }
        finally
        {
            _round.Exit();
        }
    }

    private void Hear(ReadOnlyMemory<byte> frame)
    {
        List<UserId>? active;
        lock (_gate) active = _channel.Take(frame.Span, _elsewhere, Now);
        if (active is null) return;
        foreach (var user in active)
        {
            if (_connections.TryGet(user, out _)) Act(user);
        }
    }
}
