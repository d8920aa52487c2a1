using System.Collections.Concurrent;
using Maru.Engine;

namespace Maru.Server.Followers;

/// <summary>
/// The positions that a follower has reached: stored now and then for many rooms in one transaction, since a transaction a room would hold
/// up the messages of an embedded store. Entries behind the stored position are handled again after a crash. Any thread; one stores at a
/// time.
/// </summary>
internal sealed class FollowerPositions(FollowerStore store, LogFollower follower)
{
    private readonly ConcurrentDictionary<RoomId, long> _moved = new();     // not stored yet; as many as the queue has handled since

    public async ValueTask<long> FindAsync(RoomId room, CancellationToken ct) =>
        _moved.TryGetValue(room, out var seq) ? seq : await store.FindAsync(follower.Name, room, ct);

    public void Move(RoomId room, long seq) => _moved[room] = seq;

    /// <summary>Stores the positions; false: another node runs the follower by now.</summary>
    public async Task<bool> StoreAsync(CancellationToken ct)
    {
        var moved = _moved.ToArray();
        if (moved.Length == 0) return true;
        await follower.FlushAsync(ct);
        if (!await store.MoveAsync(follower.Name, moved, ct)) return false;
        foreach (var position in moved) _moved.TryRemove(position);     // unless it moved on meanwhile
        return true;
    }
}
