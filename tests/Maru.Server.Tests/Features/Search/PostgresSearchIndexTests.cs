using Maru.Server.Features.Search;

namespace Maru.Server.Tests.Features.Search;

/// <summary>The index in PostgreSQL, with more messages than it looks at one by one.</summary>
[Trait("Store", "postgres")]
public sealed class PostgresSearchIndexTests
{
    private const int Messages = 300_000;

    [Fact]
    public async Task Of_words_anywhere_in_a_long_past_the_newest_hits_are_found()
    {
        await using var server = await MaruServer.StartAsync();
        await TestStore.ExecuteAsync(
            server.Store,
            $"""
            INSERT INTO search_messages
            SELECT i, i % 3, i, 2, ARRAY['all'] || CASE WHEN i % 100 = 0 THEN ARRAY['rare'] ELSE ARRAY[]::text[] END
              || CASE WHEN i <= 60000 THEN ARRAY['early'] ELSE ARRAY[]::text[] END
            FROM generate_series(1, {Messages}) i
            """);
        var index = server.Service<ISearchIndex>();
        (string Word, Func<int, bool> Has)[] words =
            [("all", _ => true), ("rare", i => i % 100 == 0), ("early", i => i <= 60_000), ("none", _ => false)];
        await FindsAllAsync();      // nothing is known of the messages as yet
        await TestStore.ExecuteAsync(server.Store, "ANALYZE search_messages");
        await FindsAllAsync();

        async Task FindsAllAsync()
        {
            foreach (var (word, has) in words)
            {
                foreach (var limit in (int[])[1, 200, 4000, 10_000])
                {
                    await FindsAsync(word, has, 0, long.MaxValue, limit);
                    await FindsAsync(word, has, 0, 59_000, limit);
                    await FindsAsync(word, has, 50_000, 290_000, limit);
                }
            }
        }

        async Task FindsAsync(string word, Func<int, bool> has, int from, long before, int limit)
        {
            var hits = await index.FindAsync(new SearchSpan([word], [1, 2], from, before, limit), TestContext.Current.CancellationToken);
            var right = Enumerable.Range(1, Messages).Where(i => i % 3 != 0 && i >= from && i < before && has(i)).Reverse().Take(limit);
            hits.Select(hit => (int)hit.Id).ShouldBe(right, $"{word} {from} {before} {limit}");
        }
    }
}
