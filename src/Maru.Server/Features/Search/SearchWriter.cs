using System.Threading.Channels;

namespace Maru.Server.Features.Search;

/// <summary>
/// Brings pages into the index one after the other, all that wait at a time by one transaction. A page that fails does so alone. Any
/// thread.
/// </summary>
/// <param name="write">writes pages by one transaction, or throws and has written none</param>
internal sealed class SearchWriter(Func<IReadOnlyList<IndexedPage>, Task> write) : IAsyncDisposable
{
    private readonly Channel<(IndexedPage Page, TaskCompletionSource Done)> _waiting =
        Channel.CreateUnbounded<(IndexedPage, TaskCompletionSource)>();      // bounded by those who wait for what they put in

    private Task _writing = Task.CompletedTask;

    public void Begin() => _writing = Task.Run(WriteAsync);

    public Task PutAsync(IndexedPage page, CancellationToken ct)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_waiting.Writer.TryWrite((page, done))) throw new OperationCanceledException("The index is closed.");
        return done.Task.WaitAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        List<(IndexedPage Page, TaskCompletionSource Done)> batch = [];
        while (await _waiting.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (_waiting.Reader.TryRead(out var next)) batch.Add(next);
            if (batch.Count > 1 && await TryAsync([.. batch.Select(x => x.Page)]) is null)
            {
                foreach (var (_, done) in batch) done.TrySetResult();
                continue;
            }

            foreach (var (page, done) in batch)
            {
                if (await TryAsync([page]) is { } fault) done.TrySetException(fault);
                else done.TrySetResult();
            }
        }
    }

    /// <summary>Returns why it could not.</summary>
    private async Task<Exception?> TryAsync(IReadOnlyList<IndexedPage> pages)
    {
        try
        {
            await write(pages);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
