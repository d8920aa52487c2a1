using System.Collections.Concurrent;
using Maru.Server.Features.LinkPreviews.Fetching;
using Maru.Server.Platform.Text;

namespace Maru.Server.Features.LinkPreviews;

/// <summary>
/// Knows what addresses give: from the store, or by asking once, however many messages wait for it on this node. Any thread.
/// </summary>
internal sealed class PreviewCache(PageFetcher fetcher, PreviewPictures pictures, PreviewStore store, PreviewMetrics metrics)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<KnownPage>>> _asked = new();

    /// <summary>Returns what the link's page says; without a title: nothing.</summary>
    /// <param name="ct">of the server: whoever else waits for the page needs it too</param>
    public async Task<KnownPage> FindAsync(Uri link, CancellationToken ct)
    {
        var page = LinkScan.PageOf(link);
        var hash = PreviewStore.HashOf(page);
        if (await store.FindAsync(hash, ct) is { } known)
        {
            metrics.Cached.Add(1);
            return known;
        }

        var asking = new Lazy<Task<KnownPage>>(() => Task.Run(() => AskAsync(new Uri(page), hash, ct), CancellationToken.None));
        var asked = _asked.GetOrAdd(hash, asking);
        try
        {
            return await asked.Value;
        }
        finally
        {
            _asked.TryRemove(KeyValuePair.Create(hash, asked));
        }
    }

    private async Task<KnownPage> AskAsync(Uri page, string hash, CancellationToken ct)
    {
        // Whoever asked just before has kept it, since this one looked for the first time.
        if (await store.FindAsync(hash, ct) is { } kept) return kept;
        var (fetched, outcome) = await fetcher.PageAsync(page, ct);
        metrics.Page(outcome);
        var known = KnownPage.None;
        if (fetched is not null)
        {
            var picture = fetched.Picture is { } address ? await pictures.TakeAsync(address, ct) : null;
            known = new KnownPage(
                fetched.Title, fetched.Description, fetched.SiteName, picture?.Id, picture?.Width, picture?.Height);
        }

        await store.KeepAsync(hash, known, ct);
        return known;
    }
}
