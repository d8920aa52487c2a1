using Maru.Engine.Connections;

namespace Maru.Engine.People;

/// <summary>What the store must be asked, or told. The server's loops call this, beside the path.</summary>
public sealed partial class Presence
{
    /// <summary>Takes some of the people who came and show nothing yet: the store knows whether they show their presence.</summary>
    public UserId[] TakeUnread(int most)
    {
        lock (_gate) return _here.TakeUnread(most);
    }

    /// <summary>Takes settings as the store has them.</summary>
    /// <param name="users">as they were taken</param>
    /// <param name="hidden">those of them who do not show their presence</param>
    public void TakeRead(UserId[] users, IReadOnlySet<UserId> hidden)
    {
        lock (_gate) _here.TakeRead(users, hidden);
    }

    /// <summary>Gives people back whose settings could not be read.</summary>
    public void GiveBack(UserId[] users)
    {
        lock (_gate) Array.ForEach(users, _here.ReadAgain);
    }

    /// <summary>Checks one of the watches that must be checked; false: there is none.</summary>
    public async Task<bool> CheckAsync(CancellationToken ct)
    {
        PresenceWatch? watch;
        lock (_gate) watch = _watches.TakeUnchecked();
        if (watch is null) return false;
        await AskAsync(watch, ct).ConfigureAwait(false);
        return true;
    }

    /// <summary>Takes those who left since the last time, with the moment: <see cref="PersonPresence.LastSeen"/>.</summary>
    public IReadOnlyList<PersonPresence> TakeLeft()
    {
        lock (_gate)
        {
            var left = _left;
            if (left.Count > 0) _left = [];
            return left;
        }
    }

    /// <summary>Gives those back who could not be stored; beyond a bound they are forgotten.</summary>
    public void GiveBack(IReadOnlyList<PersonPresence> left)
    {
        lock (_gate) _left.AddRange(left.Take(MostLeft - _left.Count));
    }

    /// <summary>Returns everybody who is here and shows it.</summary>
    public UserId[] Here()
    {
        lock (_gate) return [.. _here.All().Select(x => x.User)];
    }

    /// <summary>
    /// Begins to tell a connection of people: first of each as they are now, then what changes. Those whom the user may not see are
    /// offline.
    /// </summary>
    internal async Task<PresenceWatch> WatchAsync(
        Connection connection, WireSubscription subscription, IReadOnlyCollection<UserId> people, CancellationToken ct)
    {
        var watch = new PresenceWatch(connection, subscription, people) { IsBeingChecked = true };
        lock (_gate) _watches.Add(watch);       // before the store is read, so that no change of a setting is missed
        connection.Memory.Take(watch.Bytes);
        try
        {
            await AskAsync(watch, ct).ConfigureAwait(false);
            return watch;
        }
        catch
        {
            End(watch);
            throw;
        }
    }

    internal void End(PresenceWatch watch)
    {
        lock (_gate) _watches.Remove(watch);
        watch.Connection.Memory.Return(watch.Bytes);
    }

    private async Task AskAsync(PresenceWatch watch, CancellationToken ct)
    {
        int version;
        IReadOnlyCollection<UserId> asked;
        lock (_gate) (version, asked) = (watch.Version, watch.Doubted);
        IReadOnlyList<SeenPerson>? seen = null;
        var askedAt = Now;
        try
        {
            seen = await SeeAsync(watch.Viewer, asked, ct).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                watch.IsBeingChecked = false;
                if (seen is null || !watch.TakeCheck(version, asked, seen, askedAt)) _watches.Check(watch);
                _watches.Line(watch);
            }
        }
    }

    private Task<IReadOnlyList<SeenPerson>> SeeAsync(UserId viewer, IReadOnlyCollection<UserId> people, CancellationToken ct) =>
        Sight is { } sight ? sight(viewer, people, ct) : Task.FromResult<IReadOnlyList<SeenPerson>>([]);

    private void Want()
    {
        bool wants;
        lock (_gate) wants = _here.HasUnread || _watches.HasUnchecked;
        if (wants) Wanted?.Invoke();
    }
}
