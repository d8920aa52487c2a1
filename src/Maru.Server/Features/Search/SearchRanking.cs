namespace Maru.Server.Features.Search;

/// <summary>The order in which hits are shown.</summary>
internal enum SearchSort
{
    Newest,
    Best,
}

/// <summary>
/// The best first. All hits have all that is searched for, so what is left of BM25 is how much else a message says; and what was said
/// lately is worth more. The worth halves with time at the same rate for all, so that the order of two messages never changes.
/// </summary>
internal static class SearchRanking
{
    /// <summary>Hits that are ranked: the newest.</summary>
    public const int Hits = 10_000;

    private const double Saturation = 1.2;      // the usual constants of BM25
    private const double ByLength = 0.75;
    private const double UsualSize = 24;        // tokens of a message
    private const double Fine = 1 << 20;        // a rank is a whole number

    private static readonly double HalfLife = TimeSpan.FromDays(90).TotalMilliseconds;

    /// <summary>Returns the rank of a hit: higher is better.</summary>
    public static long Of(SearchHit hit)
    {
        var length = 1 - ByLength + (ByLength * hit.Size / UsualSize);
        var worth = (Saturation + 1) / (1 + (Saturation * length));
        return (long)(Fine * (Math.Log2(worth) + (SearchPlace.At(hit.Id) / HalfLife)));
    }

    /// <summary>Returns the hits, the best first, from behind a place.</summary>
    public static IEnumerable<SearchHit> Order(IEnumerable<SearchHit> hits, SearchCursor? after)
    {
        var ranked = hits.Select(hit => (Hit: hit, Rank: Of(hit))).OrderByDescending(x => x.Rank).ThenByDescending(x => x.Hit.Id);
        if (after is not { Rank: var rank }) return ranked.Select(x => x.Hit);
        return ranked.SkipWhile(x => x.Rank > rank || (x.Rank == rank && x.Hit.Id >= after.Id)).Select(x => x.Hit);
    }

    /// <summary>Returns the place of a hit in that order.</summary>
    public static SearchCursor Cursor(SearchHit hit) => new(Of(hit), hit.Id);
}
