namespace Maru.Engine.Lanes;

/// <summary>All lanes; a room always uses the same one.</summary>
internal sealed class LaneTable
{
    private readonly Lane[] _lanes;

    public LaneTable(int count, EngineLog log, TimeProvider time)
    {
        _lanes = new Lane[count];
        for (var i = 0; i < count; i++) _lanes[i] = new Lane(i, log, time);
    }

    public Lane For(RoomId room) => _lanes[(int)((ulong)room.Value % (ulong)_lanes.Length)];

    public void Start()
    {
        foreach (var lane in _lanes) lane.Start();
    }

    public void Stop()
    {
        foreach (var lane in _lanes) lane.Stop();
    }
}
