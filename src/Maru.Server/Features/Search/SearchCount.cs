namespace Maru.Server.Features.Search;

/// <summary>
/// Counts how far the index is that is made. All rooms are summed up once, and then those that were done since the time before: there may
/// be a hundred thousand, and it is asked twice a second. One at a time.
/// </summary>
internal sealed class SearchCount(SearchState state)
{
    private long _all = -1;     // entries; -1: not known yet
    private long _room;         // the rooms before it are counted
    private long _done;         // entries of these

    /// <summary>Returns how many entries of the rooms' logs are done, and how many there were when it was first asked.</summary>
    public async Task<(long Done, long All)> ReadAsync(CancellationToken ct)
    {
        var at = await state.ReadAsync(ct);
        if (_all < 0) _all = await state.SumAsync(0, long.MaxValue, ct);
        if (at.IsBuilt) return (_all, _all);
        if (at.RoomId < _room) (_room, _done) = (0, 0);     // it began anew
        if (at.RoomId > _room)
        {
            _done += await state.SumAsync(_room, at.RoomId, ct);
            _room = at.RoomId;
        }

        return (Math.Min(_all, _done + at.Seq), _all);
    }
}
