using Maru.Load.Clients;

namespace Maru.Load.Readers;

/// <summary>A position in a room, and when it became the person's.</summary>
/// <param name="Seq">they have read up to here</param>
/// <param name="SentAt">not before this time</param>
/// <param name="DoneAt">not after this time</param>
internal readonly record struct Move(long Seq, long SentAt, long DoneAt);

/// <summary>Somebody whose unread counts are checked: their rooms, positions and tabs.</summary>
/// <param name="number">their number in the run, which messages name as their sender</param>
/// <param name="token">their access token</param>
/// <param name="rooms">their rooms, as indexes of the run's</param>
internal sealed class Person(int number, string token, int[] rooms)
{
    private readonly Dictionary<int, List<Move>> _moves = [];
    private readonly List<TabLog> _tabs = [];

    public int Number => number;

    public string Token => token;

    public IReadOnlyList<int> Rooms => rooms;

    /// <summary>One log for each connection that any tab had. Read once the run has stopped.</summary>
    public IReadOnlyList<TabLog> Tabs => _tabs;

    /// <summary>Says where they were when the run began.</summary>
    public void Begin(IReadOnlyList<long> starts)
    {
        foreach (var room in rooms) _moves[room] = [new Move(starts[room], 0, 0)];
    }

    public long PositionIn(int room) => _moves[room][^1].Seq;

    public IReadOnlyList<Move> MovesIn(int room) => _moves[room];

    /// <summary>Takes a move that the server has acknowledged. One caller at a time.</summary>
    public void Moved(int room, Move move) => _moves[room].Add(move);

    public TabLog NewTab()
    {
        var log = new TabLog();
        lock (_tabs) _tabs.Add(log);
        return log;
    }

    /// <summary>Returns where they read next: mostly on, now and then everything, or back.</summary>
    public long? Target(int room, long start, RunShared run, Random random)
    {
        var (at, head) = (PositionIn(room), run.Head(room));
        var back = random.Next(6) == 0;
        if (back && at > start) return random.NextInt64(start, at);
        if (head <= at) return null;
        return random.Next(3) == 0 ? head : random.NextInt64(at + 1, head + 1);
    }
}
