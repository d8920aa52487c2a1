using System.Data.Common;
using System.Globalization;
using Maru.Server.Storage;

namespace Maru.Server.Features.Search;

/// <summary>
/// What PostgreSQL knows of the index in it: where its messages are, and how many have a word. A guess: what is found by it is right, and
/// only the time that it takes depends on it.
/// </summary>
internal sealed class PostgresSearchStatistics
{
    private const double Nearest = 1000;        // messages; the end of the first stretch of which a sample is taken
    private const double Apart = 3;
    private const int Sample = 200;             // messages

    private readonly double _newer;         // messages since it was analysed, at the rate of those before it
    private readonly long[] _places;        // as many messages between each two; the last is the newest of all

    private PostgresSearchStatistics(Row row)
    {
        (Messages, Share, IsFrequent) = (row.Messages, row.Share, row.IsFrequent);
        long[] analysed = [.. row.Places.Trim('{', '}').Split(',').Select(place => long.Parse(place, CultureInfo.InvariantCulture))];
        _places = [.. analysed, Math.Max(row.Newest, analysed[^1] + 1)];
        _newer = Math.Min(row.Changed, Each * (_places[^1] - _places[^2]) / Math.Max(1, _places[^2] - _places[^3]));
    }

    public double Messages { get; }

    /// <summary>The part of the messages that have the words is no larger.</summary>
    public double Share { get; }

    /// <summary>Whether the rarest of the words is one of those that PostgreSQL counts: in many messages.</summary>
    public bool IsFrequent { get; }

    private double Each => Messages / (_places.Length - 2);

    /// <summary>Returns what is known of the messages and of these words; null: nothing as yet, they have not been analysed.</summary>
    public static async Task<PostgresSearchStatistics?> ReadAsync(
        DbTransaction transaction, IReadOnlyCollection<string> tokens, CancellationToken ct)
    {
        // The shares end with the least of a word that is counted; one that is not has half of it, as the planner has it. The condition
        // looks into no values: it is asked of the statistics of other tables, too, whose ids are no numbers.
        var row = await transaction.FirstAsync<Row>(
            """
            SELECT c.reltuples::float8 AS messages, t.n_mod_since_analyze::float8 AS changed, ids.histogram_bounds::text AS places,
                   (SELECT max(id) FROM search_messages) AS newest, rarest.share, rarest.is_frequent
            FROM pg_class c
            JOIN pg_stat_user_tables t ON t.relid = c.oid
            JOIN pg_stats ids ON ids.schemaname = current_schema() AND ids.tablename = 'search_messages' AND ids.attname = 'id'
            JOIN pg_stats words ON words.schemaname = current_schema() AND words.tablename = 'search_messages' AND words.attname = 'tokens'
            CROSS JOIN LATERAL (
              SELECT coalesce(bool_and(known.share IS NOT NULL), true) AS is_frequent, coalesce(min(
                       coalesce(known.share, words.most_common_elem_freqs[cardinality(words.most_common_elem_freqs) - 2] / 2)), 1)
                       ::float8 AS share
              FROM unnest(@tokens) wanted (word)
              LEFT JOIN unnest(words.most_common_elems::text::text[], words.most_common_elem_freqs) known (word, share) USING (word)) rarest
            WHERE c.oid = 'search_messages'::regclass AND c.reltuples > 0 AND ids.histogram_bounds IS NOT NULL AND rarest.share > 0
            """,
            new { tokens = tokens.ToArray() },
            ct);
        return row is null ? null : new PostgresSearchStatistics(row);
    }

    /// <summary>
    /// Returns the place that has about so many messages between it and the other one; <see cref="long.MinValue"/>: there is none.
    /// </summary>
    public long Back(long before, double messages)
    {
        var at = CountUpTo(before) - messages;
        if (at <= 0) return long.MinValue;
        var analysed = _places[..^1];
        if (at >= Messages) return Between(analysed[^1], _places[^1], (at - Messages) / Math.Max(1, _newer));
        var part = Math.Min((int)(at / Each), analysed.Length - 2);
        return Between(analysed[part], analysed[part + 1], (at / Each) - part);
    }

    /// <summary>
    /// Returns how far back from a place there are so many hits, in messages: samples on the way, each some times as far as the one before,
    /// tell how dense they are. Infinity: there are not so many.
    /// </summary>
    public async Task<double> ReachAsync(DbTransaction transaction, SearchSpan span, double hits, CancellationToken ct)
    {
        List<double> ends = [];
        for (var end = Nearest; ends.Count == 0 || ends[^1] < Messages + _newer; end *= Apart) ends.Add(end);
        var counts = await transaction.ListAsync<long>(
            $"""
            SELECT (
              SELECT count(*)
              FROM (SELECT room_id, tokens FROM search_messages WHERE id < sample.before ORDER BY id DESC LIMIT {Sample}) newest
              WHERE {PostgresSearchIndex.HasWords})
            FROM unnest(@places) WITH ORDINALITY sample (before, number) ORDER BY number
            """,
            new
            {
                places = ends.Select(end => Back(span.Before, end * (1 + (1 / Apart)) / 2)).ToArray(),
                tokens = span.Tokens.ToArray(),
                everywhere = span.Rooms is null,
                rooms = span.Rooms?.ToArray() ?? [],
            },
            ct);
        var begin = 0.0;
        foreach (var (end, count) in ends.Zip(counts))
        {
            var density = (double)count / Sample;
            if (hits <= density * (end - begin)) return begin + (hits / density);
            hits -= density * (end - begin);
            begin = end;
        }

        return double.PositiveInfinity;
    }

    private static long Between(long from, long to, double part) => from + (long)((to - from) * Math.Min(1, part));

    private double CountUpTo(long place)
    {
        if (place > _places[^1]) return Messages + _newer;
        var part = Array.FindLastIndex(_places, x => x < place);
        if (part < 0) return 0;
        var within = (double)(place - _places[part]) / (_places[part + 1] - _places[part]);
        return (part * Each) + (within * (part == _places.Length - 2 ? _newer : Each));
    }

    private sealed record Row(double Messages, double Changed, string Places, long Newest, double Share, bool IsFrequent);
}
