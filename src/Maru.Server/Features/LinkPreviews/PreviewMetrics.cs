using System.Diagnostics.Metrics;
using Maru.Server.Features.LinkPreviews.Fetching;

namespace Maru.Server.Features.LinkPreviews;

/// <summary>Metrics of previews. The tag <c>outcome</c> is a <see cref="FetchOutcome"/> in lower case; no address is told.</summary>
internal sealed class PreviewMetrics : IDisposable
{
    private readonly Meter _meter = new("Maru.Server");
    private readonly Counter<long> _pages;
    private readonly Counter<long> _pictures;

    public PreviewMetrics()
    {
        _pages = _meter.CreateCounter<long>("maru.link_previews.pages", "{page}", "Pages that were fetched for previews, by outcome.");
        _pictures = _meter.CreateCounter<long>(
            "maru.link_previews.pictures", "{picture}", "Pictures that were fetched for previews, by outcome.");
        Cached = _meter.CreateCounter<long>("maru.link_previews.cached", "{page}", "Pages that were known from before.");
        Dropped = _meter.CreateCounter<long>(
            "maru.link_previews.dropped", "{message}", "Messages that got no previews because too many waited, of all or of their sender.");
    }

    public Counter<long> Cached { get; }

    public Counter<long> Dropped { get; }

    public void Page(FetchOutcome outcome) => _pages.Add(1, Tag(outcome));

    public void Picture(FetchOutcome outcome) => _pictures.Add(1, Tag(outcome));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(FetchOutcome outcome) => new("outcome", outcome.ToString().ToLowerInvariant());
}
