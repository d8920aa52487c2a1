using Maru.Engine;
using Maru.Server.Platform;
using Maru.Server.Storage;

namespace Maru.Server.Features.Blocks;

/// <summary>
/// Settles what a server left that died between a block and the bar of its direct room: at start, and once a minute what is older than
/// that.
/// </summary>
internal sealed partial class BarRepair(Database database, BlockChanges changes, TimeProvider time, ILogger<BarRepair> log)
    : Sweep(Every, time)
{
    private const int Batch = 500;

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private TimeSpan _age;      // at start none

    protected override async Task SweepAsync(CancellationToken ct)
    {
        var until = (Time.GetUtcNow() - _age).ToUnixTimeMilliseconds();
        _age = Every;
        var rooms = await database.ListAsync<long>(
            $"SELECT room_id FROM bars_due WHERE at <= @until ORDER BY room_id LIMIT {Batch}", new { until }, ct);
        foreach (var room in rooms)
        {
            if (await changes.SettleAsync(new RoomId(room)) is { } problem) Log.Refused(log, room, problem.Slug);
        }
    }

    protected override void Failed(LogLevel level, Exception e) => Log.Failed(log, level, e);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The direct room {Room} does not have the blocks of its people yet: {Reason}")]
        public static partial void Refused(ILogger log, long room, string reason);

        [LoggerMessage("Which direct rooms lack the blocks of their people could not be read; tried again in a minute")]
        public static partial void Failed(ILogger log, LogLevel level, Exception e);
    }
}
