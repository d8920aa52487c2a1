using System.Threading.Channels;
using Maru.Engine;

namespace Maru.Server.Followers;

/// <summary>
/// The rooms with work for a follower, each once. Bounded: rooms beyond it are looked for in the store, later. A room that failed waits for
/// its time, beside the others. Any thread.
/// </summary>
internal sealed class FollowerQueue(FollowerOptions options, TimeProvider time, CancellationToken ended)
{
    private const int MostRooms = 10_000;
    private const int MostFailing = MostRooms / 2;      // leaves room for the others

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    private readonly Channel<RoomId> _ready = Channel.CreateUnbounded<RoomId>();
    private readonly Dictionary<RoomId, Work> _rooms = [];      // and its lock
    private int _failing;
    private bool _hasMissed;

    /// <summary>
    /// The rooms that are ready; <see cref="Begin"/> and then <see cref="Done"/> or <see cref="Fail"/> are called for each.
    /// </summary>
    public IAsyncEnumerable<RoomId> Ready => _ready.Reader.ReadAllAsync(ended);

    /// <summary>Returns whether a room did not fit and there is room now: the store must be searched.</summary>
    public bool TakeMissed()
    {
        lock (_rooms)
        {
            if (!_hasMissed || _rooms.Count > MostFailing + ((MostRooms - MostFailing) / 2)) return false;
            _hasMissed = false;
            return true;
        }
    }

    /// <summary>Adds a room whose log has grown; false: the queue is full.</summary>
    public bool Add(RoomId room)
    {
        lock (_rooms)
        {
            if (_rooms.TryGetValue(room, out var work))
            {
                work.HasMore = true;
                return true;
            }

            _hasMissed |= _rooms.Count >= MostRooms;
            if (_rooms.Count >= MostRooms) return false;
            _rooms.Add(room, new Work());
            _ready.Writer.TryWrite(room);
            return true;
        }
    }

    /// <summary>Begins the work on a room: entries from now on need another round.</summary>
    public void Begin(RoomId room)
    {
        lock (_rooms) _rooms[room].HasMore = false;
    }

    /// <param name="room">the room that was worked on</param>
    /// <param name="hasMore">true when there is more work</param>
    public void Done(RoomId room, bool hasMore)
    {
        lock (_rooms)
        {
            var work = _rooms[room];
            if (work.Failures > 0) _failing--;
            work.Failures = 0;
            if (hasMore || work.HasMore) _ready.Writer.TryWrite(room);
            else _rooms.Remove(room);
        }
    }

    /// <summary>Puts a failed room back for later.</summary>
    public void Fail(RoomId room)
    {
        lock (_rooms)
        {
            var work = _rooms[room];
            if (work.Failures == 0 && _failing >= MostFailing)
            {
                _rooms.Remove(room);
                _hasMissed = true;
                return;
            }

            if (work.Failures++ == 0) _failing++;
            var delay = TimeSpan.FromTicks(Math.Min(LongestDelay.Ticks, options.FirstDelay.Ticks << Math.Min(work.Failures - 1, 10)));
            _ = WaitAsync(room, delay);
        }
    }

    private async Task WaitAsync(RoomId room, TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, time, ended);
            _ready.Writer.TryWrite(room);
        }
        catch (OperationCanceledException)
        {
            // nobody works here any longer
        }
    }

    private sealed class Work
    {
        /// <summary>True when its log grew since work on it began.</summary>
        public bool HasMore { get; set; }

        /// <summary>Failures in a row.</summary>
        public int Failures { get; set; }
    }
}
