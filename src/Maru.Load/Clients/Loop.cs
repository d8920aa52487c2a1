using System.Collections.Concurrent;
using Maru.Load.Measuring;
using Maru.Load.Scenarios;
using Maru.Load.Sockets;

namespace Maru.Load.Clients;

/// <summary>
/// One thread that serves a part of the run's connections: dials, reads, verifies, sends.
/// Nothing in it waits but the poller, and nothing is shared on the way of a delivery.
/// The run steers it by <see cref="BeginSending"/> and <see cref="Stop"/>, from another thread.
/// </summary>
internal sealed partial class Loop : IDisposable
{
    // A timer wakes the loop at most every 200 us for due messages: not 24,000 times a second for 24,000 messages.
    private const long Grain = 200_000;

    // Turns begin at least 100 us apart: waking for each frame of a busy server costs more than the frame.
    // At 30,000 deliveries/s to 3,000 clients this and TCP_QUICKACK (see Dialer) took the client from 35-45 % of a core to 26-32 %,
    // with the same p50 of 0.4 ms.
    private const long TurnGrain = 100_000;
    private const long LongestWait = 10 * Ticks.PerMillisecond;
    private const int LargestRead = 256 * 1024;

    private readonly RunShared _run;
    private readonly Scenario _scenario;
    private readonly List<Client> _clients = [];
    private readonly List<Client> _senders = [];
    private readonly List<Client> _slow = [];
    private readonly List<Client> _dirty = [];
    private readonly Poller _poller = new();
    private readonly ConcurrentQueue<Dialed> _dialed = new();
    private readonly PriorityQueue<(Client Client, LoopTimer Timer), long> _timers = new();
    private readonly Random _random;
    private readonly byte[] _buffer = new byte[Inbound.ServerFrames.LargestFrame + LargestRead];
    private readonly byte[] _scratch;           // the frame being written
    private readonly byte[] _text;              // its text
    private readonly Thread _thread;

    private volatile SendingPlan? _plan;        // set by the run
    private volatile bool _draining;
    private volatile bool _stopping;
    private volatile bool _settled;
    private volatile string? _failure;
    private SendingPlan? _current;              // the plan that the thread works by
    private Schedule _schedule;
    private long _lastTurn;
    private long _slowTurn;
    private long _settleTurn;

    public Loop(RunShared run, int number)
    {
        (_run, _scenario) = (run, run.Scenario);
        _random = new Random(number + 1);
        _scratch = new byte[_scenario.Payload + 8192];
        _text = new byte[_scenario.Payload];
        _thread = new Thread(Run) { IsBackground = true, Name = "load-" + number };
    }

    public Counters Counters { get; } = new();

    /// <summary>Times from schedule to delivery, of the messages due while measuring.</summary>
    public Histogram Deliveries { get; } = new();

    /// <summary>Times from schedule to RECEIPT.</summary>
    public Histogram Receipts { get; } = new();

    /// <summary>Both of these by period; null where the run has none, and before it sends.</summary>
    public PeriodLatencies? ByPeriod { get; private set; }

    /// <summary>Times from a lost connection to the new subscription.</summary>
    public Histogram Resumes { get; } = new();

    /// <summary>Times from a lost connection to having all entries that the room had at the new subscription.</summary>
    public Histogram CatchUps { get; } = new();

    /// <summary>Refusals and broken connections by slug. Any thread.</summary>
    public ConcurrentDictionary<string, long> Errors { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<Client> Clients => _clients;

    /// <summary>True while draining, when nothing is outstanding and every client is at its room's head.</summary>
    public bool IsSettled => _settled;

    /// <summary>Returns the longest silence of any client but the slow ones, in nanoseconds. Called once the loop has stopped.</summary>
    public long LongestSilence()
    {
        if (_current is null) return 0;
        foreach (var client in _clients.Where(client => client.Seq.Last < _run.Head(client.Room.Index)))
            client.Silence.End(Ticks.Now, _current.MeasureFrom);
        return _clients.Where(client => !client.IsSlow).Select(client => client.Silence.Longest).DefaultIfEmpty(0).Max();
    }

    /// <summary>The reason why the run cannot go on, or null.</summary>
    public string? Failure => _failure;

    /// <summary>Adds a client. Called before <see cref="Start"/> only.</summary>
    public void Add(Client client, long dialAt)
    {
        client.Slot = _clients.Count;
        _clients.Add(client);
        if (client.Pending is not null) _senders.Add(client);
        if (client.IsSlow) _slow.Add(client);
        _timers.Enqueue((client, LoopTimer.Dial), dialAt);
    }

    public void Start() => _thread.Start();

    public void BeginSending(SendingPlan plan) => _plan = plan;

    /// <summary>
    /// Begins the drain: no message becomes due any more, slow clients read at full speed, and <see cref="IsSettled"/> is kept up to date.
    /// </summary>
    public void Drain() => _draining = true;

    public void Stop()
    {
        _stopping = true;
        if (_thread.IsAlive) _thread.Join();
    }

    public void Dispose()
    {
        Stop();
        _poller.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_stopping) Turn();
            CloseAll();
        }
#pragma warning disable CA1031 // the thread's edge: an exception must end the run with its reason, not the process
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failure = "The load generator failed: " + e;
        }
    }

    private void Turn()
    {
        var early = _lastTurn + TurnGrain - Ticks.Now;
        if (early > 0) _poller.Pause(early);
        _lastTurn = Ticks.Now;
        var ready = _poller.Wait(NextWait(_lastTurn));
        for (var i = 0; i < ready; i++)
        {
            var client = _clients[_poller.Slot(i, out var writable, out var broken)];
            if (client.Socket is null) continue;
            if (client.State == ClientState.Dialing)
            {
                FinishDial(client);
                continue;
            }

            if (writable) MarkDirty(client);
            if (broken || !IsThrottled(client)) Receive(client, LargestRead);
        }

        while (_dialed.TryDequeue(out var dialed)) Open(dialed);
        var now = Ticks.Now;
        while (_timers.TryPeek(out var timer, out var at) && at <= now)
        {
            _timers.Dequeue();
            Fire(timer.Client, timer.Timer);
        }

        if (_current is null && _plan is { } plan) Begin(plan);
        if (!_draining) SendDue(now);
        if (_slow.Count > 0 && now >= _slowTurn) ReadSlowly(now);
        FlushDirty();
        if (_draining && now >= _settleTurn) Settle(now);
    }

    private long NextWait(long now)
    {
        var wait = LongestWait;
        if (_timers.TryPeek(out _, out var at)) wait = Math.Min(wait, at - now);
        if (_current is not null && !_draining) wait = Math.Min(wait, Math.Max(_schedule.Next - now, Grain));
        return Math.Max(wait, _dialed.IsEmpty ? 0 : Grain);
    }

    private void Settle(long now)
    {
        _settleTurn = now + (20 * Ticks.PerMillisecond);
        _settled = _clients.TrueForAll(client => client.IsSettled(_run.Head(client.Room.Index)));
    }
}

internal enum LoopTimer : byte
{
    Dial,

    /// <summary>A flighty client drops its connection.</summary>
    Drop,

    /// <summary>A connection is given up when its client's deadline has passed.</summary>
    Deadline,

    /// <summary>Sends messages again that the server could not take.</summary>
    Repeat,
}

/// <summary>The times at which messages are due, and which of them are measured.</summary>
/// <param name="Start">first message</param>
/// <param name="MeasureFrom">end of the warm-up</param>
/// <param name="MeasureUntil">no message is due from here on</param>
/// <param name="NanosecondsApart">between two messages of this loop; 0 = closed loop or none</param>
/// <param name="Offset">this loop's share of that distance, so that several loops interleave</param>
/// <param name="Periods">the parts of the run that are judged apart; null = none</param>
internal sealed record SendingPlan(
    long Start, long MeasureFrom, long MeasureUntil, double NanosecondsApart, double Offset, Periods? Periods);
