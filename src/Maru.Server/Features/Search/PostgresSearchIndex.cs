using Maru.Server.Storage;

namespace Maru.Server.Features.Search;

/// <summary>The index in PostgreSQL: the tokens of each message, in an array with an inverted index. Any thread.</summary>
internal sealed class PostgresSearchIndex(Database database) : ISearchIndex
{
    public Task OpenAsync(Func<Task> anew, CancellationToken ct) => database.WriteAsync(
        async (transaction, token) =>
        {
            // One node after the other.
            await transaction.ExecuteAsync("LOCK TABLE search_state IN EXCLUSIVE MODE", null, token);
            var version = await transaction.FirstAsync<long>("SELECT version FROM search_state", null, token);
            if (version == Tokenizer.Version) return;
            await anew();
            await transaction.ExecuteAsync(
                "TRUNCATE search_messages; DELETE FROM search_state; INSERT INTO search_state (version) VALUES (@version)",
                new { version = (long)Tokenizer.Version },
                token);
        },
        ct);

    public Task PutAsync(IReadOnlyList<IndexedMessage> messages, CancellationToken ct) => database.WriteAsync(
        async (transaction, token) =>
        {
            foreach (var message in messages)
            {
                if (message.Tokens.Count == 0)
                {
                    await transaction.ExecuteAsync("DELETE FROM search_messages WHERE room_id = @Room AND seq = @Seq", message, token);
                    continue;
                }

                await transaction.ExecuteAsync(
                    """
                    INSERT INTO search_messages (id, room_id, seq, tokens)
                    SELECT coalesce(max(id) + 1, @first), @Room, @Seq, @tokens FROM search_messages WHERE id >= @first AND id < @last
                    ON CONFLICT (room_id, seq) DO UPDATE SET tokens = excluded.tokens
                    """,
                    new
                    {
                        message.Room,
                        message.Seq,
                        tokens = message.Tokens.ToArray(),
                        first = SearchPlace.First(message.At),
                        last = SearchPlace.AfterLast(message.At),
                    },
                    token);
            }
        },
        ct);

    public Task<IReadOnlyList<SearchHit>> FindAsync(SearchSpan span, CancellationToken ct) => database.ListAsync<SearchHit>(
        $"""
        SELECT id, room_id, seq FROM search_messages
        WHERE tokens @> @tokens AND id >= @From AND id < @Before
          {(span.Rooms is null ? "" : "AND room_id = ANY(@rooms)")}
        ORDER BY id DESC LIMIT @Limit
        """,
        new { tokens = span.Tokens.ToArray(), span.From, span.Before, span.Limit, rooms = span.Rooms?.ToArray() ?? [] },
        ct);
}
