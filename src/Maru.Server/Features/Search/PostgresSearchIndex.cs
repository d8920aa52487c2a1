using Maru.Server.Followers;
using Maru.Server.Storage;

namespace Maru.Server.Features.Search;

/// <summary>The index in PostgreSQL: the tokens of each message, in an array with an inverted index. Any thread.</summary>
internal sealed class PostgresSearchIndex : ISearchIndex, IAsyncDisposable
{
    private const string MostIdle = "10s";
    private const long OneAtATime = 0x73656172;     // "sear"
    private const int LookedThrough = 4000;     // messages: some milliseconds

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
    /// Looks at the newest messages one by one first: there a frequent word is found often enough. Any other is looked up, which reads all
    /// messages that have it, wherever they are; the planner is not asked which is better, since it takes every word for the same.
    /// </summary>
    public async Task<IReadOnlyList<SearchHit>> FindAsync(SearchSpan span, CancellationToken ct)
    {
        var one = span.Rooms is { Count: 1 } ? span.Rooms : [];
        var arguments = new
        {
            tokens = (string[])[.. span.Tokens, .. one.Select(SearchTokens.Room)],
            rooms = span.Rooms?.ToArray() ?? [],
            span.From,
            span.Before,
            span.Limit,
            newest = LookedThrough,
        };
        // Several rooms as words would have all that was said in them read.
        var rooms = span.Rooms is null ? "" : "AND room_id = ANY(@rooms)";
        if (span.Limit < LookedThrough)
        {
            var found = await _database.ListAsync<SearchHit>(
                $"""
                SELECT id, room_id, seq, size FROM (
                  SELECT * FROM search_messages WHERE id >= @From AND id < @Before ORDER BY id DESC LIMIT @newest) newest
                WHERE tokens @> @tokens {rooms} ORDER BY id DESC LIMIT @Limit
                """,
                arguments,
                ct);
            if (found.Count == span.Limit) return found;
        }

        // Readers read in an order, and have no bitmaps, without which this index is of no use. OFFSET 0 keeps the order out of the choice
        // of an index, and + 0 the place: all places would be read beside the words.
        await using var connection = await _database.OpenReadAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        await transaction.ExecuteAsync("SET LOCAL enable_bitmapscan = on", null, ct);
        return await transaction.ListAsync<SearchHit>(
            $"""
            SELECT * FROM (
              SELECT id, room_id, seq, size FROM search_messages
              WHERE tokens @> @tokens {rooms} AND id + 0 >= @From AND id + 0 < @Before OFFSET 0) found
            ORDER BY id DESC LIMIT @Limit
            """,
            arguments,
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
}
