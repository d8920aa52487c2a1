using System.Threading.Channels;
using Maru.Server.Followers;

namespace Maru.Server.Features.Search;

/// <summary>
/// Brings pages into the index one after the other, all that wait at a time by one transaction. A page that fails does so alone. A page
/// that is cancelled is left out; where it is being written, its end is waited for, so that whoever reads it again writes after it. Any
/// thread.
/// </summary>
/// <param name="write">writes pages by one transaction, or throws and has written none</param>
/// <param name="thread">on which it writes</param>
internal sealed class SearchWriter(Func<IReadOnlyList<IndexedPage>, Task> write, FollowerThread thread) : IAsyncDisposable
{
    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>();      // bounded by those who wait for what they put in

    private Task _writing = Task.CompletedTask;

    public void Begin() => _writing = thread.RunAsync(WriteAsync);

    public Task PutAsync(IndexedPage page, CancellationToken ct)
    {
        var waiting = new Waiting(page, ct);
        if (!_waiting.Writer.TryWrite(waiting)) throw new OperationCanceledException("The index is closed.");
        return waiting.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        List<Waiting> batch = [];
        while (await _waiting.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (_waiting.Reader.TryRead(out var next))
            {
                if (next.Cancelled.IsCancellationRequested) next.Done.SetCanceled(next.Cancelled);
                else batch.Add(next);
            }

            if (batch.Count > 1 && await TryAsync([.. batch.Select(x => x.Page)]) is null)
            {
                foreach (var each in batch) each.Done.SetResult();
                continue;
            }

            foreach (var each in batch)
            {
                if (await TryAsync([each.Page]) is { } fault) each.Done.SetException(fault);
                else each.Done.SetResult();
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

    private sealed record Waiting(IndexedPage Page, CancellationToken Cancelled)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
