using Maru.Engine.Log;

namespace Maru.Engine.Rooms;

/// <summary>
/// Who types in a room. Of the people of this node it knows when they stop: when they say so, send a message, leave the room, or do not say
/// again that they type. What they say is passed on at most once a second, to the subscribers here and to other nodes. An event may be
/// dropped: clients let a person stop by themselves too. Lane only.
/// </summary>
internal sealed class Typing(RoomId room, RoomEvents events, RoomParts parts)
{
    private const int MostTypists = 100;
    private const long PassEvery = 1000;        // ms

    private readonly Dictionary<UserId, Typist> _typists = [];
    private readonly long _expiry = (long)parts.Options.Presence.TypingExpiry.TotalMilliseconds;

    public EventLine Line { get; } = new("typing", parts, (user, types) => EventJson.Typing(room, user, types != 0));

    public bool HasTypists => _typists.Count > 0;

    /// <summary>Takes what a member on this node says.</summary>
    public void Set(UserId user, bool types)
    {
        if (!_typists.TryGetValue(user, out var typist))
        {
            if (!types || _typists.Count == MostTypists) return;
            _typists.Add(user, typist = new Typist());
            events.Attend();
        }

        typist.Types = types;
        typist.ExpiresAt = parts.Clock.Now + _expiry;
        Pass(user, typist);
    }

    /// <summary>Lets a person stop, who sent a message or left; null: everybody.</summary>
    public void Stop(UserId? user)
    {
        if (user is { } one)
        {
            if (_typists.ContainsKey(one)) Set(one, false);
            return;
        }

        foreach (var each in _typists.Keys) Set(each, false);
    }

    /// <summary>Takes what was passed on here or by another node.</summary>
    public void Hear(UserId user, bool types)
    {
        if (events.IsHeard) events.TrySend(Line, user, types ? 1 : 0);
    }

    /// <summary>Lets those stop whose time is over.</summary>
    public void Expire()
    {
        var now = parts.Clock.Now;
        foreach (var (user, typist) in _typists)
        {
            if (typist.Types && now >= typist.ExpiresAt) typist.Types = false;
            if (typist.Types != typist.Passed) Pass(user, typist);
            // Kept for a second more: who begins again at once is not passed on at once.
            else if (!typist.Types && now - typist.PassedAt >= PassEvery) _typists.Remove(user);
        }
    }

    private void Pass(UserId user, Typist typist)
    {
        var now = parts.Clock.Now;
        // Each second, or for a renewal when half of its time is over.
        if (now - typist.PassedAt < (typist.Types == typist.Passed ? _expiry / 2 : PassEvery)) return;
        if (!typist.Types && !typist.Passed) return;
        (typist.Passed, typist.PassedAt) = (typist.Types, now);
        parts.Channels.Publish(room, user, typist.Types);
        Hear(user, typist.Types);
    }

    private sealed class Typist
    {
        public bool Types { get; set; }

        public long ExpiresAt { get; set; }

        /// <summary>What was passed on last.</summary>
        public bool Passed { get; set; }

        public long PassedAt { get; set; } = long.MinValue / 2;
    }
}
