using Maru.Engine.Bus;

namespace Maru.Engine.People;

/// <summary>
/// What this node tells the others of its people, and hears of theirs: see <see cref="PresenceFrames"/>. Changes of a round go in one
/// frame, of each person the last, and so do those who came into rooms. Nothing is told while no node can hear it. Under the gate of <see
/// cref="Presence"/>, but for <see cref="Publish"/>.
/// </summary>
internal sealed class PresenceChannel : IDisposable
{
    private const int MostActive = 10_000;      // people between two signs of life; those beyond it may be away a little early
    private const int MostMet = 10_000;         // people of a round; those beyond it are seen with their next change
    private const long AllEvery = 1000;         // ms

    private static readonly BusChannel Channel = new("presence", Travel.Any);

    private readonly long _self = Random.Shared.NextInt64(1, long.MaxValue);
    private readonly long _aliveEvery;
    private readonly IBus _bus;
    private readonly IDisposable _subscription;
    private readonly Action<UserId> _heardMet;
    private readonly Dictionary<UserId, PersonPresence> _changes = [];
    private readonly HashSet<UserId> _met = [];         // came into rooms
    private readonly HashSet<UserId> _active = [];      // its own lock
    private readonly HashSet<long> _asks = [];
    private volatile bool _listens;     // anew: something may have been missed
    private long _number;
    private long _aliveAt = long.MinValue / 2;
    private long _allAt = long.MinValue / 2;
    private bool _isAsked;

    /// <param name="bus">the bus</param>
    /// <param name="lease">of a node</param>
    /// <param name="heard">called with a frame, from any thread</param>
    /// <param name="met">called with a person who came into a room, on another node</param>
    public PresenceChannel(IBus bus, TimeSpan lease, Action<ReadOnlyMemory<byte>> heard, Action<UserId> met)
    {
        (_bus, _aliveEvery, _heardMet) = (bus, (long)lease.TotalMilliseconds / 5, met);
        _subscription = bus.Subscribe(Channel, heard, () => _listens = true);
    }

    /// <summary>Notes a change, which the next round tells.</summary>
    public void Change(in PersonPresence change) => _changes[change.User] = change;

    /// <summary>Notes that a person came into a room, which the next round tells.</summary>
    public void Meet(UserId user)
    {
        if (_met.Count < MostMet) _met.Add(user);
    }

    /// <summary>Tells the other nodes that a person who is not here did something. Any thread.</summary>
    public void TellActive(UserId user)
    {
        if (!_bus.Carries(Channel)) return;
        lock (_active)
        {
            if (_active.Count < MostActive) _active.Add(user);
        }
    }

    /// <summary>Returns the frames of a round, in order.</summary>
    public List<byte[]> TakeFrames(long now, PeopleHere here)
    {
        List<byte[]> frames = [];
        if (_bus.Carries(Channel)) Write(frames, now, here);
        else if (_changes.Count > 0) _number++;     // whoever comes later sees that it missed something
        _changes.Clear();
        _met.Clear();
        return frames;
    }

    public void Publish(List<byte[]> frames)
    {
        foreach (var frame in frames) _bus.Publish(Channel, frame);
    }

    /// <summary>Takes a frame of another node; returns people who did something there, or null.</summary>
    public List<UserId>? Take(ReadOnlySpan<byte> frame, PeopleElsewhere elsewhere, long now)
    {
        var reader = new FrameReader(frame);
        var kind = reader.Byte();
        if (kind == PresenceFrames.Active) return PresenceFrames.ReadUsers(ref reader);
        if (kind == PresenceFrames.Met) PresenceFrames.ReadUsers(ref reader).ForEach(_heardMet);
        if (kind is < PresenceFrames.Alive or > PresenceFrames.Ask) return null;
        var node = reader.Fixed();
        if (kind == PresenceFrames.Ask)
        {
            _isAsked |= node == 0 || node == _self;
            return null;
        }

        var number = reader.Number();
        if (kind == PresenceFrames.Alive)
        {
            if (!elsewhere.Hear(node, number, now)) _asks.Add(node);
        }
        else if (kind == PresenceFrames.Changes)
        {
            if (!elsewhere.Take(node, number, PresenceFrames.ReadPeople(ref reader, withLastSeen: true), now)) _asks.Add(node);
        }
        else
        {
            var (part, parts) = (reader.Count(int.MaxValue), reader.Count(int.MaxValue));
            elsewhere.TakeAll(node, number, part, parts, PresenceFrames.ReadPeople(ref reader, withLastSeen: false), now);
        }

        return null;
    }

    public void Dispose() => _subscription.Dispose();

    private void Write(List<byte[]> frames, long now, PeopleHere here)
    {
        var most = PresenceFrames.MostIn(_bus.MaxFrameBytes);
        foreach (var changes in _changes.Values.Chunk(most)) frames.Add(PresenceFrames.WriteChanges(_self, ++_number, changes));
        foreach (var users in _met.Chunk(most)) frames.Add(PresenceFrames.WriteUsers(PresenceFrames.Met, users));
        if (now - _aliveAt >= _aliveEvery)
        {
            _aliveAt = now;
            frames.Add(PresenceFrames.WriteAlive(_self, _number));
            TakeActive(frames, most);
        }

        if (_listens) frames.Add(PresenceFrames.WriteAsk(0));
        else foreach (var node in _asks) frames.Add(PresenceFrames.WriteAsk(node));
        _listens = false;
        _asks.Clear();
        if (_isAsked && now - _allAt >= AllEvery) WriteAll(frames, now, here, most);
    }

    private void TakeActive(List<byte[]> frames, int most)
    {
        lock (_active)
        {
            foreach (var users in _active.Chunk(most)) frames.Add(PresenceFrames.WriteUsers(PresenceFrames.Active, users));
            _active.Clear();
        }
    }

    private void WriteAll(List<byte[]> frames, long now, PeopleHere here, int most)
    {
        (_isAsked, _allAt) = (false, now);
        PersonPresence[] all = [.. here.All().Select(x => new PersonPresence(x.User, x.State, 0))];
        var parts = Math.Max(1, (all.Length + most - 1) / most);
        for (var part = 0; part < parts; part++)
        {
            var people = all.AsSpan(part * most, Math.Min(most, all.Length - (part * most)));
            frames.Add(PresenceFrames.WriteAll(_self, _number, part, parts, people));
        }
    }
}
