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
        var first = 1;
        var messages = Messages;
        await PutAsync();
        var index = server.Service<ISearchIndex>();
        (string[] Words, Func<int, bool> Has)[] words =
        [
            (["all"], _ => true), (["rare"], i => i % 100 == 0), (["early"], i => i <= 60_000), (["none"], _ => false),
            (["early", "late"], _ => false), (["late", "rare"], i => i > 60_000 && i % 100 == 0),
        ];
        await FindsAllAsync();      // nothing is known of the messages as yet
        // Beside it, what is known of tables whose ids are no numbers.
        await TestStore.ExecuteAsync(
            server.Store, "CREATE TABLE others (id UUID); INSERT INTO others VALUES (gen_random_uuid()), (gen_random_uuid()); ANALYZE");
        await FindsAllAsync();
        (first, messages) = (messages + 1, messages + 50_000);
        await PutAsync();           // of these nothing is known
        await FindsAllAsync();

        Task PutAsync() => TestStore.ExecuteAsync(
            server.Store,
            $"""
            INSERT INTO search_messages
            SELECT i, i % 3, i, 2, ARRAY['all', '{SearchTokens.Room(0)[..1]}' || i % 3]
              || CASE WHEN i % 100 = 0 THEN ARRAY['rare'] ELSE ARRAY[]::text[] END
              || CASE WHEN i <= 60000 THEN ARRAY['early'] ELSE ARRAY['late'] END
            FROM generate_series({first}, {messages}) i
            """);

        async Task FindsAllAsync()
        {
            foreach (var (all, has) in words)
            {
                foreach (var limit in (int[])[1, 200, 4000, 10_000])
                {
                    await FindsAsync(all, has, [1, 2], 0, long.MaxValue, limit);
                    await FindsAsync(all, has, [1], 0, 59_000, limit);
                    await FindsAsync(all, has, [1, 2], 50_000, 290_000, limit);
                }
            }
        }

        async Task FindsAsync(string[] all, Func<int, bool> has, long[] rooms, int from, long before, int limit)
        {
            var hits = await index.FindAsync(new SearchSpan(all, rooms, from, before, limit), TestContext.Current.CancellationToken);
            var right = Enumerable.Range(1, messages).Where(i => rooms.Contains(i % 3) && i >= from && i < before && has(i)).Reverse();
            hits.Select(hit => (int)hit.Id).ShouldBe(right.Take(limit), $"{string.Join(' ', all)} {from} {before} {limit}");
        }
    }
}
