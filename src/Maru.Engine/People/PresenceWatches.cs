using Maru.Engine.Log;
using Maru.Engine.Output;

namespace Maru.Engine.People;

/// <summary>
/// Who watches whom, and what is due to be told. Changes of people whom nobody watches cost a look and nothing else. What is due to a
/// client that reads slowly waits as a mark and is told as it is then: at most one event a second for each person that it watches. Under
/// the gate of <see cref="Presence"/>.
/// </summary>
/// <param name="stateOf">a person's state over all nodes</param>
/// <param name="metrics">counts what is told</param>
internal sealed class PresenceWatches(Func<UserId, PresenceState> stateOf, EngineMetrics metrics)
{
    private const int MostEvents = 10_000;      // of one round
    private const long CheckHolds = 60_000;     // ms

    private static readonly KeyValuePair<string, object?> Kind = new("kind", "presence");

    private readonly Dictionary<UserId, HashSet<PresenceWatch>> _byPerson = [];
    private readonly Dictionary<UserId, HashSet<PresenceWatch>> _byViewer = [];
    private readonly Queue<PresenceWatch> _unchecked = new();
    private List<PresenceWatch> _line = [];
    private List<PresenceWatch> _spare = [];

    public int Count { get; private set; }

    public bool HasUnchecked => _unchecked.Count > 0;

    public void Add(PresenceWatch watch)
    {
        Count++;
        Add(_byViewer, watch.Viewer, watch);
        foreach (var user in watch.People) Add(_byPerson, user, watch);
    }

    public void Remove(PresenceWatch watch)
    {
        Count--;
        Remove(_byViewer, watch.Viewer, watch);
        foreach (var user in watch.People) Remove(_byPerson, user, watch);
        watch.IsEnded = true;
    }

    /// <inheritdoc cref="PresenceWatch.Mark"/>
    public void Mark(UserId user, long lastSeen)
    {
        if (!_byPerson.TryGetValue(user, out var watches)) return;
        foreach (var watch in watches)
        {
            watch.Mark(user, lastSeen);
            Line(watch);
        }
    }

    /// <summary>
    /// Takes a change of a setting: who hides is seen by nobody and sees nobody at once, and both are looked up anew, since two changes may
    /// be told in another order than they were made.
    /// </summary>
    public void Show(UserId user, bool shows)
    {
        foreach (var watch in Of(_byPerson, user)) Show(watch, user, shows);
        foreach (var watch in Of(_byViewer, user)) Show(watch, null, shows);
    }

    /// <inheritdoc cref="Presence.Block"/>
    public void Block(UserId user, UserId viewer, bool blocks)
    {
        foreach (var watch in Of(_byViewer, viewer))
        {
            if (watch.Watches(user)) Show(watch, user, !blocks);
        }
    }

    /// <summary>Takes a change of whether a person tells when they were there last; as <see cref="Show(UserId, bool)"/>.</summary>
    public void ShowLastSeen(UserId user, bool shows)
    {
        foreach (var watch in Of(_byPerson, user))
        {
            if (!shows) watch.HideLastSeen(user);
            Line(watch);
            CheckAgain(watch, user);
        }
    }

    /// <summary>Puts a watch into the queue of those that must be checked, unless its check has not ended.</summary>
    public void Check(PresenceWatch watch)
    {
        if (watch.IsBeingChecked || watch.IsEnded) return;
        watch.IsBeingChecked = true;
        _unchecked.Enqueue(watch);
    }

    /// <summary>Takes a watch that must be checked and has not ended; null: none.</summary>
    public PresenceWatch? TakeUnchecked()
    {
        while (_unchecked.TryDequeue(out var watch))
        {
            if (!watch.IsEnded) return watch;
        }

        return null;
    }

    /// <summary>Puts a watch into the line of those that are due.</summary>
    public void Line(PresenceWatch watch)
    {
        if (watch.IsInLine || watch.IsEnded || watch.Due.Count == 0) return;
        watch.IsInLine = true;
        _line.Add(watch);
    }

    /// <summary>
    /// Notes that a person has come into a room: who watches them, and they themselves, may see whom they could not see before.
    /// </summary>
    public void Meet(UserId user)
    {
        foreach (var watch in Of(_byPerson, user))
        {
            if (!watch.Sees(user)) CheckAgain(watch, user);
        }

        foreach (var watch in Of(_byViewer, user))
        {
            if (!watch.SeesAll) CheckAgain(watch, null);
        }
    }

    /// <summary>Adds what is due to the outboxes of those to whom it is due; what must wait stays due.</summary>
    /// <param name="now">milliseconds</param>
    /// <param name="flush">gets the outboxes</param>
    public void Deliver(long now, FlushList flush)
    {
        (_line, _spare) = (_spare, _line);
        var left = MostEvents;
        foreach (var watch in _spare)
        {
            watch.IsInLine = false;
            if (watch.IsEnded || watch.Connection.Outbox.IsClosed) continue;
            if (left > 0 && IsChecked(watch, now)) left -= Deliver(watch, now, flush);
            Line(watch);
        }

        _spare.Clear();
    }

    private bool IsChecked(PresenceWatch watch, long now)
    {
        if (watch.CheckedAt is { } at && now - at < CheckHolds) return true;
        if (!watch.IsBeingChecked) CheckAgain(watch, null);
        return false;
    }

    private void Show(PresenceWatch watch, UserId? user, bool shows)
    {
        if (!shows) watch.Hide(user);
        Line(watch);
        CheckAgain(watch, user);
    }

    /// <param name="user">the one whom the viewer may see now, or no more; null: it may be anybody</param>
    private void CheckAgain(PresenceWatch watch, UserId? user)
    {
        watch.Doubt(user);
        Check(watch);
    }

    private int Deliver(PresenceWatch watch, long now, FlushList flush)
    {
        var told = 0;
        foreach (var user in watch.Due)
        {
            if (!watch.TryNext(user, stateOf(user), now, out var next)) continue;
            if (next is { } presence)
            {
                var json = EventJson.Presence(user, PresenceStates.Text(presence.State), presence.LastSeen);
                if (!watch.Connection.TrySendPresence(watch.Subscription, json, flush)) break;
                watch.Told(presence, now);
                told++;
            }

            watch.Due.Remove(user);
        }

        if (told > 0) metrics.EphemeralSent.Add(told, Kind);
        return told;
    }

    private static void Add(Dictionary<UserId, HashSet<PresenceWatch>> index, UserId user, PresenceWatch watch)
    {
        if (!index.TryGetValue(user, out var watches)) index.Add(user, watches = []);
        watches.Add(watch);
    }

    private static void Remove(Dictionary<UserId, HashSet<PresenceWatch>> index, UserId user, PresenceWatch watch)
    {
        if (!index.TryGetValue(user, out var watches)) return;
        watches.Remove(watch);
        if (watches.Count == 0) index.Remove(user);
    }

    private static IEnumerable<PresenceWatch> Of(Dictionary<UserId, HashSet<PresenceWatch>> index, UserId user) =>
        index.TryGetValue(user, out var watches) ? watches : [];
}
