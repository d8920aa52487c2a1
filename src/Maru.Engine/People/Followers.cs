using System.Numerics;

namespace Maru.Engine.People;

/// <summary>
/// The followers of a room, in an array, and of many followers a table of their places in it: some 80 bytes each, less than a dictionary
/// takes. A connection has one in each of its user's rooms. Under the room's lock.
/// </summary>
internal sealed class Followers
{
    private const int Many = 64;    // followers that are not searched one by one

    private Follower[] _all = [];
    private int[] _slots = [];      // place + 1; 0 = free. A power of two, three quarters full at most; empty: no table

    public int Count { get; private set; }

    public Span<Follower> All => _all.AsSpan(0, Count);

    public ref Follower FindOrAdd(UserId user)
    {
        var at = IndexOf(user);
        if (at >= 0) return ref _all[at];
        if (Count == _all.Length) Array.Resize(ref _all, Count + Math.Max(2, Count >> 2));
        _all[Count++] = new Follower { User = user, ToldSeq = -1 };
        if (4 * Count > 3 * _slots.Length) Rebuild();
        else Put(Count - 1);
        return ref _all[Count - 1];
    }

    /// <summary>Returns their place among <see cref="All"/>; negative: they do not follow.</summary>
    public int IndexOf(UserId user)
    {
        if (_slots.Length == 0)
        {
            for (var i = 0; i < Count; i++)
            {
                if (_all[i].User == user) return i;
            }

            return -1;
        }

        for (var slot = Home(user); ; slot = Next(slot))
        {
            var place = _slots[slot] - 1;
            if (place < 0 || _all[place].User == user) return place;
        }
    }

    /// <summary>False: they do not follow.</summary>
    public bool Remove(UserId user)
    {
        var (at, last) = (IndexOf(user), Count - 1);
        if (at < 0) return false;
        if (_slots.Length > 0)
        {
            Free(SlotOf(at));
            if (at < last) _slots[SlotOf(last)] = at + 1;
        }

        _all[at] = _all[last];
        _all[last] = default;
        Count--;
        return true;
    }

    private void Rebuild()
    {
        if (Count <= Many) return;
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)(2 * Count))];
        for (var i = 0; i < Count; i++) Put(i);
    }

    private void Put(int place)
    {
        var slot = Home(_all[place].User);
        while (_slots[slot] != 0) slot = Next(slot);
        _slots[slot] = place + 1;
    }

    private int SlotOf(int place)
    {
        var slot = Home(_all[place].User);
        while (_slots[slot] != place + 1) slot = Next(slot);
        return slot;
    }

    /// <summary>Frees a slot, and moves those behind it that would not be found any more.</summary>
    private void Free(int free)
    {
        for (var slot = Next(free); _slots[slot] != 0; slot = Next(slot))
        {
            var home = Home(_all[_slots[slot] - 1].User);
            if (Distance(home, slot) < Distance(free, slot)) continue;
            _slots[free] = _slots[slot];
            free = slot;
        }

        _slots[free] = 0;
    }

    private int Home(UserId user) => (int)(((ulong)user.Value * 0x9E3779B97F4A7C15) >> 32) & (_slots.Length - 1);

    private int Next(int slot) => (slot + 1) & (_slots.Length - 1);

    private int Distance(int from, int to) => (to - from) & (_slots.Length - 1);
}
