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
    private const double Sure = 1.25;       // the newest hits are not spread evenly

    private readonly double _messages;
    private readonly double _newer;         // messages since it was analysed
    private readonly double _share;
    private readonly long[] _places;        // as many messages between each two; the last is the newest of all

    private PostgresSearchStatistics(Row row)
    {
        (_messages, _newer, _share) = (row.Messages, row.Newer, row.Share);
        long[] analysed = [.. row.Places.Trim('{', '}').Split(',').Select(place => long.Parse(place, CultureInfo.InvariantCulture))];
        _places = [.. analysed, Math.Max(row.Newest, analysed[^1] + 1)];
        IsFrequent = row.IsFrequent;
    }

    /// <summary>Whether the rarest of the words is one of those that PostgreSQL counts: in many messages.</summary>
    public bool IsFrequent { get; }

    private double Each => _messages / (_places.Length - 2);

    /// <summary>Returns what is known of the messages and of these words; null: nothing yet, there are few.</summary>
    public static async Task<PostgresSearchStatistics?> ReadAsync(
        DbTransaction transaction, IReadOnlyCollection<string> tokens, CancellationToken ct)
    {
        // The shares end with the least of a word that is counted; one that is not has half of it, as the planner has it.
        var row = await transaction.FirstAsync<Row>(
            """
            SELECT c.reltuples::float8 AS messages, t.n_mod_since_analyze::float8 AS newer, ids.histogram_bounds::text AS places,
                   (SELECT max(id) FROM search_messages) AS newest, rarest.share, rarest.is_frequent
            FROM pg_class c
            JOIN pg_stat_user_tables t ON t.relid = c.oid
            JOIN pg_stats ids ON ids.schemaname = t.schemaname AND ids.tablename = t.relname AND ids.attname = 'id'
            JOIN pg_stats words ON words.schemaname = t.schemaname AND words.tablename = t.relname AND words.attname = 'tokens'
            CROSS JOIN LATERAL (
              SELECT bool_and(known.share IS NOT NULL) AS is_frequent,
                     min(coalesce(known.share, words.most_common_elem_freqs[cardinality(words.most_common_elem_freqs) - 2] / 2))
                       ::float8 AS share
              FROM unnest(@tokens) wanted (word)
              LEFT JOIN unnest(words.most_common_elems::text::text[], words.most_common_elem_freqs) known (word, share) USING (word)) rarest
            WHERE c.oid = 'search_messages'::regclass AND c.reltuples > 0 AND rarest.share > 0
              AND cardinality(ids.histogram_bounds::text::bigint[]) > 1
            """,
            new { tokens = tokens.ToArray() },
            ct);
        return row is null ? null : new PostgresSearchStatistics(row);
    }

    /// <summary>Returns about how many messages one must look at to find so many that have the words.</summary>
    public double Width(int hits) => Sure * hits / _share;

    /// <summary>
    /// Returns the place that has about so many messages between it and the other one; <see cref="long.MinValue"/>: there is none.
    /// </summary>
    public long Back(long before, double messages)
    {
        var at = CountUpTo(before) - messages;
        if (at <= 0) return long.MinValue;
        var analysed = _places[..^1];
        if (at >= _messages) return Between(analysed[^1], _places[^1], (at - _messages) / Math.Max(1, _newer));
        var part = Math.Min((int)(at / Each), analysed.Length - 2);
        return Between(analysed[part], analysed[part + 1], (at / Each) - part);
    }

    private static long Between(long from, long to, double part) => from + (long)((to - from) * Math.Min(1, part));

    private double CountUpTo(long place)
    {
        if (place > _places[^1]) return _messages + _newer;
        var part = Array.FindLastIndex(_places, x => x < place);
        if (part < 0) return 0;
        var within = (double)(place - _places[part]) / (_places[part + 1] - _places[part]);
        return (part * Each) + (within * (part == _places.Length - 2 ? _newer : Each));
    }

    private sealed record Row(double Messages, double Newer, string Places, long Newest, double Share, bool IsFrequent);
}
