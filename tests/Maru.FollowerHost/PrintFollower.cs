using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Followers;

namespace Maru.FollowerHost;

/// <summary>Prints what it is given, each entry as a line with an end of its own: <c>followed ROOM SEQ.</c></summary>
internal sealed class PrintFollower(TimeProvider time) : LogFollower
{
    // As long as work that a kill shall find under way.
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(200);

    public override string Name => "print";

    public override FollowerStart Start => FollowerStart.Beginning;

    public override async Task TakeAsync(RoomId room, IReadOnlyList<Entry> entries, CancellationToken ct)
    {
        await Task.Delay(Work, time, ct);
        foreach (var entry in entries) await Console.Out.WriteLineAsync($"followed {room} {entry.Seq}.");
    }
}
