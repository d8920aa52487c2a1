using System.Data.Common;
using System.Globalization;
using Maru.Server.Followers;
using Maru.Server.Storage;

namespace Maru.Server.Features.Search;

/// <summary>The index in PostgreSQL: the tokens of each message, in an array with an inverted index. Any thread.</summary>
internal sealed class PostgresSearchIndex : ISearchIndex, IAsyncDisposable
{
    private const string MostIdle = "10s";
    private const long OneAtATime = 0x73656172;     // "sear"
    private const int Newest = 4000;            // messages that are looked through in some milliseconds
    private const int Recent = 256_000;         // messages whose places are read in 15 ms
    private const int FewestPerHit = 8;         // messages that are looked through for one that is wanted, at least

    private readonly Database _database;
    private readonly FollowerStore _leases;
    private readonly SearchWriter _waiting;

    public PostgresSearchIndex(Database database, FollowerStore leases)
    {
        (_database, _leases) = (database, leases);
        _waiting = new SearchWriter(WriteAsync);
    }

    public async Task<bool> OpenAsync(CancellationToken ct)
    {
        _waiting.Begin();
        return await _database.FirstAsync<long>("SELECT version FROM search_state", null, ct) != Tokenizer.Version;
    }

    public Task SealAsync(CancellationToken ct) => Task.CompletedTask;      // who wants it made anew says of which version

    public Task PutAsync(IndexedPage page, CancellationToken ct) => _waiting.PutAsync(page, ct);

    /// <summary>
    /// Looks at the newest messages first, then at more of them, then at all: the index of words gives every message that has a word,
    /// wherever it is, and to read their rows is what costs. Whether the words or the places are looked up, or both, the planner decides
    /// each time, by what it knows of these words.
    /// </summary>
    public async Task<IReadOnlyList<SearchHit>> FindAsync(SearchSpan span, CancellationToken ct)
    {
        await using var connection = await _database.OpenReadAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        // Readers read in an order, and have no bitmaps, without which the index of words is of no use.
        await transaction.ExecuteAsync("SET LOCAL enable_bitmapscan = on; SET LOCAL plan_cache_mode = force_custom_plan", null, ct);
        if (span.Limit * FewestPerHit <= Newest)
        {
            var place = await transaction.FirstAsync<long>(
                "SELECT id FROM search_messages WHERE id >= @From AND id < @Before ORDER BY id DESC LIMIT 1 OFFSET @Newest",
                new { span.From, span.Before, Newest },
                ct);
            if (place == 0) return await FindAsync(transaction, "id", span, ct);
            if (await FindAsync(transaction, "id", span with { From = place }, ct) is { } few && few.Count == span.Limit) return few;
        }

        var recent = await RecentAsync(transaction, span.Before, ct);
        if (recent > span.From)
        {
            var more = await FindAsync(transaction, "id", span with { From = recent }, ct);
            if (more.Count == span.Limit) return more;
        }

        return await FindAsync(transaction, recent > 0 && recent <= span.From ? "id" : "id + 0", span, ct);
    }

    /// <summary>Returns a place that has some 256,000 messages between it and the other one; 0: nobody knows one.</summary>
    private static async Task<long> RecentAsync(DbTransaction transaction, long before, CancellationToken ct)
    {
        var spread = await transaction.FirstAsync<Spread>(
            """
            SELECT c.reltuples::bigint AS messages, s.histogram_bounds::text AS places FROM pg_stats s
            JOIN pg_namespace n ON n.nspname = s.schemaname
            JOIN pg_class c ON c.relname = s.tablename AND c.relnamespace = n.oid
            WHERE s.schemaname = current_schema() AND s.tablename = 'search_messages' AND s.attname = 'id'
            """,
            null,
            ct);
        if (spread?.Places is not { } text || spread.Messages <= Recent) return 0;
        long[] places = [.. text.Trim('{', '}').Split(',').Select(place => long.Parse(place, CultureInfo.InvariantCulture))];
        var parts = (int)Math.Ceiling((double)Recent * (places.Length - 1) / spread.Messages);
        var at = Array.FindLastIndex(places, place => place < before) - parts;
        return at > 0 ? places[at] : 0;
    }

    // With "id + 0" by the words alone: before there are statistics all places are taken for few, and were read beside them.
    private static Task<IReadOnlyList<SearchHit>> FindAsync(DbTransaction transaction, string id, SearchSpan span, CancellationToken ct)
    {
        var one = span.Rooms is { Count: 1 } ? span.Rooms : [];
        // Several rooms as words would have all that was said in them read. OFFSET 0 keeps the order out of the choice of an index.
        var rooms = span.Rooms is null ? "" : "AND room_id = ANY(@rooms)";
        return transaction.ListAsync<SearchHit>(
            $"""
            SELECT * FROM (
              SELECT id, room_id, seq, size FROM search_messages
              WHERE tokens @> @tokens {rooms} AND {id} >= @From AND {id} < @Before OFFSET 0) found
            ORDER BY id DESC LIMIT @Limit
            """,
            new
            {
                tokens = (string[])[.. span.Tokens, .. one.Select(SearchTokens.Room)],
                rooms = span.Rooms?.ToArray() ?? [],
                span.From,
                span.Before,
                span.Limit,
            },
            ct);
    }

    public ValueTask DisposeAsync() => _waiting.DisposeAsync();

    private Task WriteAsync(IReadOnlyList<IndexedPage> pages)
    {
        // What a page tells of a message holds, and of several pages the last one's.
        Dictionary<(long Room, long Seq), IndexedMessage?> messages = [];
        foreach (var page in pages)
        {
            for (var seq = page.After + 1; seq <= page.Last; seq++) messages[(page.Room, seq)] = null;
            foreach (var message in page.Messages) messages[(page.Room, message.Seq)] = message;
        }

        var leases = pages.Select(page => page.Lease).ToHashSet();
        var there = messages.Where(x => x.Value is { Tokens.Count: > 0 }).ToArray();
        var gone = messages.Where(x => x.Value is not { Tokens.Count: > 0 }).Select(x => x.Key).ToArray();
        return _database.WriteAsync(
            async (transaction, ct) =>
            {
                // Two nodes may write: one what is said, one what was. Places of one millisecond are given by one after the other.
                // A node that stands still in here must not hold up the one that takes its work over.
                await transaction.ExecuteAsync(
                    $"SELECT set_config('idle_in_transaction_session_timeout', '{MostIdle}', true), pg_advisory_xact_lock(@OneAtATime)",
                    new { OneAtATime },
                    ct);
                // Meanwhile another node may have read later states of these messages, and have written them.
                if (!await _leases.LockAsync(transaction, leases, ct))
                    throw new InvalidOperationException("Another node has the lease under which these messages were read.");
                await transaction.ExecuteAsync(
                    """
                    DELETE FROM search_messages s USING unnest(@rooms, @seqs) AS gone (room_id, seq)
                    WHERE s.room_id = gone.room_id AND s.seq = gone.seq
                    """,
                    new { rooms = gone.Select(x => x.Room).ToArray(), seqs = gone.Select(x => x.Seq).ToArray() },
                    ct);
                await transaction.ExecuteAsync(
                    """
                    INSERT INTO search_messages (id, room_id, seq, size, tokens)
                    SELECT x.first + row_number() OVER (PARTITION BY x.first ORDER BY x.room_id, x.seq) - 1 + coalesce((
                             SELECT max(s.id) + 1 - x.first FROM search_messages s WHERE s.id >= x.first AND s.id < x.last), 0),
                           x.room_id, x.seq, x.size, string_to_array(x.tokens, ' ')
                    FROM unnest(@rooms, @seqs, @firsts, @lasts, @sizes, @tokens) AS x (room_id, seq, first, last, size, tokens)
                    ON CONFLICT (room_id, seq) DO UPDATE SET size = excluded.size, tokens = excluded.tokens
                      WHERE search_messages.tokens IS DISTINCT FROM excluded.tokens
                    """,
                    new
                    {
                        rooms = there.Select(x => x.Key.Room).ToArray(),
                        seqs = there.Select(x => x.Key.Seq).ToArray(),
                        firsts = there.Select(x => SearchPlace.First(x.Value!.At)).ToArray(),
                        lasts = there.Select(x => SearchPlace.AfterLast(x.Value!.At)).ToArray(),
                        sizes = there.Select(x => (long)x.Value!.Tokens.Count).ToArray(),
                        tokens = there.Select(x => string.Join(' ', x.Value!.Tokens)).ToArray(),
                    },
                    ct);
            },
            CancellationToken.None);
    }

    /// <summary>What PostgreSQL knows of the places: how many there are, and some of them with as many between each two.</summary>
    private sealed record Spread(long Messages, string? Places);
}
