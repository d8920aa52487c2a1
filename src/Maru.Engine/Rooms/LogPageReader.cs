using Maru.Engine.Bus;
using Maru.Engine.Log;

namespace Maru.Engine.Rooms;

/// <summary>Reads pages of logs from the store, a few at a time, and posts each to its room's lane. Any thread.</summary>
internal sealed class LogPageReader(
    IRoomLog log, IBus bus, EngineOptions options, EngineMetrics metrics, EngineLog diagnostics, TimeProvider time) : IDisposable
{
    private const int AtOnce = 8;

    private readonly SemaphoreSlim _slots = new(AtOnce);
    private readonly CancellationTokenSource _stopping = new();

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        _slots.Dispose();
    }

    public void Read(Room room, long after) => _ = ReadAsync(room, after, fillsGap: false);

    public void ReadGap(Room room, long after) => _ = ReadAsync(room, after, fillsGap: true);

    /// <summary>How long an entry of another node may take to arrive; zero while there is no bus.</summary>
    public TimeSpan Patience => bus.IsConnected ? options.GapPatience : TimeSpan.Zero;

    /// <summary>Counts a gap that was filled.</summary>
    /// <param name="by">what filled it</param>
    public void CountFilled(string by) => metrics.TailGaps.Add(1, new KeyValuePair<string, object?>("filled", by));

    /// <summary>Posts <see cref="GapWaited"/> to the room's lane after the delay.</summary>
    public void WaitForGap(Room room, long after, TimeSpan delay) => _ = WaitForGapAsync(room, after, delay);

    private async Task WaitForGapAsync(Room room, long after, TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, time, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The engine stops, or there is no memory to wait with.
        }

        room.Lane.Post(new GapWaited(room, after));
    }

    private async Task ReadAsync(Room room, long after, bool fillsGap)
    {
        LogPage page;
        metrics.PagesRead.Add(1);
        await _slots.WaitAsync().ConfigureAwait(false);
        try
        {
            var entries = await Task.Run(() => ReadAsync(room.Id, after)).ConfigureAwait(false);
            page = new LogPage(room, after, entries, failed: false) { FillsGap = fillsGap };
        }
        catch (Exception e)
        {
            diagnostics.ReadFailed(e);
            page = new LogPage(room, after, [], failed: true) { FillsGap = fillsGap };
        }
        finally
        {
            _slots.Release();
        }

        room.Lane.Post(page);
    }

    private async Task<List<Entry>> ReadAsync(RoomId room, long after) =>
        [.. await log.ReadAsync(room, after, LogPages.Last(after), options.PageBytes, CancellationToken.None).ConfigureAwait(false)];
}
