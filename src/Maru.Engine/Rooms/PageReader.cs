using Maru.Engine.Commit;
using Maru.Engine.Fanout;

namespace Maru.Engine.Rooms;

/// <summary>Reads pages of logs from the store, a few at a time, and brings each to its room's lane.</summary>
internal sealed class PageReader(IRoomLog log, EngineOptions options, EngineMetrics metrics, EngineLog diagnostics) : IDisposable
{
    private const int AtOnce = 8;

    private readonly SemaphoreSlim _slots = new(AtOnce);

    public void Dispose() => _slots.Dispose();

    public void Read(Room room, long after, Subscribing? subscribing = null) => _ = ReadAsync(room, after, subscribing);

    private async Task ReadAsync(Room room, long after, Subscribing? subscribing)
    {
        Page page;
        metrics.PagesRead.Add(1);
        await _slots.WaitAsync().ConfigureAwait(false);
        try
        {
            var entries = await Task.Run(async () => await log.ReadAsync(room.Id, after, Pages.Last(after), options.PageBytes, CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false);
            page = new Page(after, [.. entries], Failed: false, subscribing);
        }
        catch (Exception e)
        {
            diagnostics.ReadFailed(e);
            page = new Page(after, [], Failed: true, subscribing);
        }
        finally
        {
            _slots.Release();
        }

        room.Lane.Post(new LaneItem(LaneVerb.Page, room, page));
    }
}
