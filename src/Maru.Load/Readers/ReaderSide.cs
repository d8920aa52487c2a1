using Maru.Load.Clients;
using Maru.Load.Measuring;
using Maru.Load.Scenarios;
using Maru.Load.Verification;

namespace Maru.Load.Readers;

/// <summary>
/// The people of a run who read: their positions, their tabs, and streams of rooms; and at the end, what each was told beside what was
/// true. Steered by the run, from one thread.
/// </summary>
internal sealed class ReaderSide : IDisposable
{
    private const int AtOnce = 16;                  // requests
    private const long Quiet = 2 * Ticks.PerSecond; // without an event, after which none is expected

    private readonly Scenario _scenario;
    private readonly Person[] _people;
    private readonly IReadOnlyList<long> _rooms;
    private readonly HistoryReader _rest;
    private readonly CancellationTokenSource _reading = new();
    private readonly CancellationTokenSource _listening = new();
    private readonly List<Task> _tasks = [];
    private readonly List<Task> _readers = [];
    private readonly List<RoomStream> _streams = [];
    private Listeners? _listeners;
    private RoomTruth[] _truths = [];
    private long[] _starts = [];
    private long _end = long.MaxValue;
    private long _listenersWanted;
    private long _moves;
    private long _lastMove;

    private ReaderSide(Scenario scenario, IReadOnlyList<string> tokens, IReadOnlyList<long> rooms, IReadOnlyList<Uri> nodes)
    {
        (_scenario, _rooms) = (scenario, rooms);
        _rest = new HistoryReader(nodes) { RetryFor = TimeSpan.FromSeconds(120) };  // faults take nodes away for a moment
        _people = [.. Enumerable.Range(0, scenario.Readers > 0 ? scenario.People : 0).Select(j => new Person(
            j, tokens[j], [.. Enumerable.Range(0, Math.Min(scenario.RoomsEach, scenario.Rooms)).Select(i => (j + i) % scenario.Rooms)]))];
    }

    /// <summary>Returns whether every tab and stream is open.</summary>
    public bool IsReady => _listeners is null || _listeners.Open >= _listenersWanted;

    /// <summary>Returns whether nothing more is expected.</summary>
    public bool IsSettled => IsReady && _readers.TrueForAll(x => x.IsCompleted)
        && (_listeners is null || Ticks.Now - Math.Max(_listeners.LastUnread, Interlocked.Read(ref _lastMove)) > Quiet);

    public long Open => _listeners?.Open ?? 0;

    public long Wanted => _listenersWanted;

    /// <summary>Growth of the servers' memory by all of them together, in bytes; null = not measured.</summary>
    public double? BytesGrown { get; set; }

    /// <summary>Brings people into all of their rooms, where they have read everything.</summary>
    public static async Task<ReaderSide> PrepareAsync(
        Scenario scenario, IReadOnlyList<string> tokens, IReadOnlyList<long> rooms, IReadOnlyList<Uri> nodes, CancellationToken ct)
    {
        var side = new ReaderSide(scenario, tokens, rooms, nodes);
        await side.ForAllAsync(async (person, stop) =>
        {
            foreach (var room in person.Rooms.Skip(1))
                await side._rest.SendAsync(HttpMethod.Post, $"/api/rooms/{rooms[room]}/join", "{}", person.Token, stop);
        }, ct);
        await side.ForAllAsync((person, stop) => side._rest.SendAsync(HttpMethod.Put, "/api/me/read", "{}", person.Token, stop), ct);
        return side;
    }

    /// <summary>Opens all tabs and streams, over the scenario's ramp.</summary>
    public void Listen(RunShared run, long[] starts)
    {
        if (_people.Length == 0) return;
        (_starts, _truths) = (starts, [.. _rooms.Select(_ => new RoomTruth())]);
        run.Seen = (room, seq) => _truths[room].Seen(seq, Ticks.Now);
        foreach (var person in _people) person.Begin(starts);
        _listeners = new Listeners(_scenario, run);
        List<Func<CancellationToken, Task>> all = [];
        foreach (var person in _people.Take(_scenario.Readers))
        {
            for (var i = 0; i < _scenario.Tabs; i++)
            {
                var number = all.Count;
                var isStream = (long)((number + 1) * _scenario.StreamShare) > (long)(number * _scenario.StreamShare);
                all.Add(ct => new Tab(_listeners, person, isStream).RunAsync(number, ct));
            }
        }

        foreach (var person in _people.Take(_scenario.RoomStreams))
        {
            var (number, room) = (all.Count, person.Rooms[0]);
            var stream = new RoomStream(_listeners, room, _rooms[room], starts[room], person.Token);
            _streams.Add(stream);
            all.Add(ct => stream.RunAsync(number, ct));
        }

        _listenersWanted = all.Count;
        _tasks.Add(Task.Run(async () =>
        {
            var (begun, apart) = (Ticks.Now, Ticks.FromSeconds(_scenario.Ramp) / Math.Max(1, all.Count));
            var running = new List<Task>();
            foreach (var (i, one) in all.Index())
            {
                await Ticks.UntilAsync(begun + (i * apart), _listening.Token);
                running.Add(one(_listening.Token));
            }

            await Task.WhenAll(running);
        }));
    }

    /// <summary>Begins to read.</summary>
    public void Read(RunShared run)
    {
        if (_scenario.ReadEvery <= 0) return;
        foreach (var person in _people.Take(_scenario.Readers)) _readers.Add(Task.Run(() => ReadAsync(person, run, _reading.Token)));
    }

    /// <summary>Ends reading; tabs stay as they are.</summary>
    public void Drain()
    {
        _reading.Cancel();
        if (_listeners is not null) _listeners.IsDraining = true;
    }

    /// <summary>Ends everything.</summary>
    public async Task<(long Open, long NotOpen)> StopAsync()
    {
        var open = Open;
        _end = Ticks.Now;
        await _reading.CancelAsync();
        await _listening.CancelAsync();
        await Task.WhenAll([.. _tasks, .. _readers]);
        return (open, Math.Max(0, _listenersWanted - open));
    }

    /// <summary>Takes what the history has of a room.</summary>
    public Action<long, MessageText>? Found(int room) => _truths.Length == 0 ? null : _truths[room].Found;

    /// <summary>Compares; null where nobody reads.</summary>
    public async Task<ReaderFindings?> JudgeAsync(RunShared run, (long Open, long NotOpen) listeners, CancellationToken ct)
    {
        if (_listeners is null) return null;
        var judge = new UnreadJudge(_rooms, _starts, _truths, _end);
        foreach (var person in _people) judge.Judge(person);
        await ForAllAsync((person, stop) => judge.JudgeRestAsync(person, _rest, stop), ct);
        var delays = new Histogram();
        foreach (var stream in _streams) delays.Add(stream.Delays);
        return judge.Found() with
        {
            People = _people.Length,
            Tabs = _people.Sum(x => x.Tabs.Count),
            Open = listeners.Open,
            NotOpen = listeners.NotOpen,
            Moves = _moves,
            StreamEvents = _streams.Sum(x => x.Events),
            StreamLost = _streams.Sum(x => x.Lost(run.Head(x.Room))),
            StreamDisorder = _streams.Sum(x => x.Disorder),
            StreamDelays = delays,
            Disconnects = _listeners.Disconnects,
            BytesPerListener = BytesGrown / Math.Max(1, _listenersWanted),
        };
    }

    public IEnumerable<KeyValuePair<string, long>> Errors() => _listeners?.Errors ?? [];

    public void Dispose()
    {
        _reading.Cancel();
        _listening.Cancel();
        _rest.Dispose();
    }

    private async Task ReadAsync(Person person, RunShared run, CancellationToken ct)
    {
        var random = new Random(person.Number);
        while (!ct.IsCancellationRequested)
        {
            await Listeners.PauseAsync(-Math.Log(1 - random.NextDouble()) * _scenario.ReadEvery * 1000, ct);
            var room = person.Rooms[random.Next(person.Rooms.Count)];
            if (ct.IsCancellationRequested || person.Target(room, _starts[room], run, random) is not { } target) continue;
            var (sent, back) = (Ticks.Now, target < person.PositionIn(room) ? ",\"unread\":true" : "");
            // It is asked for again until a node has said that it is done.
            await _rest.SendAsync(
                HttpMethod.Put, $"/api/rooms/{_rooms[room]}/read", $"{{\"seq\":{target}{back}}}", person.Token, CancellationToken.None);
            person.Moved(room, new Move(target, sent, Ticks.Now));
            Interlocked.Increment(ref _moves);
            Interlocked.Exchange(ref _lastMove, Ticks.Now);
        }
    }

    private Task ForAllAsync(Func<Person, CancellationToken, Task> act, CancellationToken ct) => Parallel.ForEachAsync(
        _people,
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
        async (person, stop) => await act(person, stop));
}
