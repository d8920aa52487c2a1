using System.Threading.Channels;

namespace Maru.Server.Features.Members;

/// <summary>
/// Removes members for a reason that is stored already, beside the requests. Begins with those that an earlier run left, so a crash loses
/// none; at most 10,000 reasons wait, further ones are found at the next start. One loop.
/// </summary>
/// <typeparam name="T">the reason: an account that is deleted, a room that is closed to some</typeparam>
internal abstract class Removals<T> : BackgroundService
{
    private const int MaxWaiting = 10_000;

    private readonly Channel<T> _due = Channel.CreateBounded<T>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    protected void Add(T due) => _due.Writer.TryWrite(due);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await TryAsync(RemoveLeftBehindAsync, stoppingToken);
        await foreach (var due in _due.Reader.ReadAllAsync(stoppingToken)) await TryAsync(ct => RemoveAsync(due, ct), stoppingToken);
    }

    protected abstract Task<IReadOnlyList<T>> FindLeftBehindAsync(CancellationToken ct);

    protected abstract Task RemoveAsync(T due, CancellationToken ct);

    /// <summary>Logs that some stay until the next start.</summary>
    protected abstract void Failed(Exception e);

    private async Task RemoveLeftBehindAsync(CancellationToken ct)
    {
        foreach (var due in await FindLeftBehindAsync(ct)) await RemoveAsync(due, ct);
    }

    private async Task TryAsync(Func<CancellationToken, Task> remove, CancellationToken ct)
    {
        try
        {
            await remove(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Failed(e);
        }
    }
}
