using System.Data.Common;
using Maru.Server.Followers;
using Maru.Server.Storage;

namespace Maru.Server.Features.Search;

/// <summary>The index in PostgreSQL: the tokens of each message, in an array with an inverted index. Any thread.</summary>
internal sealed class PostgresSearchIndex : ISearchIndex, IAsyncDisposable
{
    private const string MostIdle = "10s";
    private const string MostPending = "256kB";     // which the index does not have in order yet: every search goes through it
    private const long OneAtATime = 0x73656172;     // "sear"
    private const int Few = 500;                // hits that are read in some milliseconds
    private const int Newest = 20_000;          // messages that are looked through in as many
    private const int Part = 100;               // of all messages: its hits cost less than to look up all that have a word
    private const double Sure = 1.25;           // hits are not spread evenly
    private const int Growth = 5;
    private const double Dense = 0.02;          // part of the messages that have the words: then samples find some

    // Readers read in an order, and have no bitmaps, without which the index of words is of no use. Half a million messages that have a
    // word do not fit into the usual 4 MB: whole pages would be noted instead, and all their rows be read.
    private const string Planning =
        "SET LOCAL enable_bitmapscan = on; SET LOCAL enable_hashjoin = on; SET LOCAL plan_cache_mode = force_custom_plan; "
        + "SET LOCAL work_mem = '64MB'";

    // Several rooms as words would have all that was said in them read.
    public const string HasWords = "tokens @> @tokens AND (@everywhere OR room_id = ANY(@rooms))";

    private const string NewestMessages =
        $"""
        (SELECT * FROM (
          SELECT * FROM search_messages WHERE id >= @From AND id < @Before ORDER BY id DESC LIMIT @messages) newest
        WHERE {HasWords})
        """;

    private readonly Database _database;
    private readonly FollowerStore _leases;
    private readonly SearchWriter _waiting;

    public PostgresSearchIndex(Database database, FollowerStore leases, FollowerThread thread)
    {
        (_database, _leases) = (database, leases);
        _waiting = new SearchWriter(WriteAsync, thread);
    }

    public async Task<bool> OpenAsync(CancellationToken ct)
    {
        _waiting.Begin();
        return await _database.FirstAsync<long>("SELECT version FROM search_state", null, ct) != Tokenizer.Version;
    }

    public Task SealAsync(CancellationToken ct) => Task.CompletedTask;      // who wants it made anew says of which version

    public Task PutAsync(IndexedPage page, CancellationToken ct) => _waiting.PutAsync(page, ct);

    /// <summary>The next commit that waits for the disk, that of a position, waits for what was committed before, too.</summary>
    public Task FlushAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>
    /// The index of words gives every message that has them, wherever it is, and to read their rows is what costs. Words that few have are
    /// found by it at once. Of others it looks through the newest messages, as many as must have what is wanted by what PostgreSQL knows of
    /// the words, or for very frequent ones by samples: where these are few, one by one, and where that is not enough, by both indexes,
    /// some behind the others.
    /// </summary>
    public async Task<IReadOnlyList<SearchHit>> FindAsync(SearchSpan span, CancellationToken ct)
    {
        if (span.Rooms is { Count: 1 }) span = span with { Tokens = [.. span.Tokens, .. span.Rooms.Select(SearchTokens.Room)] };
        await using var connection = await _database.OpenReadAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        await transaction.ExecuteAsync(Planning, null, ct);
        var known = await PostgresSearchStatistics.ReadAsync(transaction, span.Tokens, ct);
        if (known is null) return await ListAsync(transaction, $"({Hits("id + 0")} OFFSET 0)", span, ct);
        if (!known.IsFrequent)
        {
            var few = await ListAsync(transaction, $"({Hits("id + 0")} LIMIT {Few})", span with { Limit = Few }, ct);
            if (few.Count < Few) return [.. few.Take(span.Limit)];
        }

        List<SearchHit> hits = [];
        var (before, share) = (span.Before, known.Share);
        var messages = await WantedAsync();
        if (messages <= Newest)
        {
            hits.AddRange(await ListAsync(transaction, NewestMessages, span, ct, (long)messages));
            if (hits.Count == span.Limit) return hits;
            if (hits.Count > 0) before = hits[^1].Id;
            messages = await WantedAsync();
        }

        while (true)
        {
            messages = Math.Max(messages, known.Messages / Part);
            var from = known.Back(before, messages);
            var left = span.Limit - hits.Count;
            // OFFSET 0 keeps the order out of the choice of an index.
            var some = await ListAsync(
                transaction, $"({Hits("id")} OFFSET 0)", span with { From = Math.Max(from, span.From), Before = before, Limit = left }, ct);
            hits.AddRange(some);
            if (some.Count == left || from <= span.From) return hits;
            // By those that were found, but for none at all: then several times as many messages are looked at.
            share = Math.Clamp(some.Count / messages, share / Growth, known.Share);
            before = from;
            messages = await WantedAsync();
        }

        // Messages that must have so many hits.
        async ValueTask<double> WantedAsync()
        {
            var wanted = Sure * Math.Max(span.Limit - hits.Count, span.Limit / Growth);
            return known.Share < Dense ? wanted / share : await known.ReachAsync(transaction, span with { Before = before }, wanted, ct);
        }
    }

    /// <param name="id">the place, or what no index has: then the words alone are looked up</param>
    private static string Hits(string id) =>
        $"SELECT id, room_id, seq, size FROM search_messages WHERE {HasWords} AND {id} >= @From AND {id} < @Before";

    private static Task<IReadOnlyList<SearchHit>> ListAsync(
        DbTransaction transaction, string found, SearchSpan span, CancellationToken ct, long messages = 0) =>
        transaction.ListAsync<SearchHit>(
            $"SELECT id, room_id, seq, size FROM {found} found ORDER BY id DESC LIMIT @Limit",
            new
            {
                tokens = span.Tokens.ToArray(),
                everywhere = span.Rooms is null,
                rooms = span.Rooms?.ToArray() ?? [],
                span.From,
                span.Before,
                span.Limit,
                messages,
            },
            ct);

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
                    $"""
                    SELECT set_config('synchronous_commit', 'off', true), set_config('gin_pending_list_limit', '{MostPending}', true),
                      set_config('idle_in_transaction_session_timeout', '{MostIdle}', true), pg_advisory_xact_lock(@OneAtATime)
                    """,
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
}
