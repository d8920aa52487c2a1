using Maru.Server.Features.Search;

namespace Maru.Server.Tests.Features.Search;

/// <summary>The index in SQLite: hits of some rooms among those of others.</summary>
[Trait("Store", "sqlite")]
public sealed class SqliteSearchIndexTests
{
    private const int Messages = 3000;

    [Fact]
    public async Task Of_rooms_whose_hits_are_many_or_few_among_those_of_others_the_newest_are_found()
    {
        await using var server = await MaruServer.StartAsync(Searching.On);
        var index = server.Service<ISearchIndex>();
        for (var room = 1; room <= 3; room++) await index.PutAsync(PageOf(room), Ct);
        foreach (var (word, has) in ((string, Func<int, bool>)[])[("all", _ => true), ("early", IsEarly), ("none", _ => false)])
        {
            // Room 2 has hits one by one among those of the others, room 3 its own before them.
            foreach (var rooms in (int[][])[[1, 2], [2], [3], [2, 3], [1, 2, 3]])
            {
                foreach (var limit in (int[])[1, 10, 700, 5000])
                {
                    var hits = await index.FindAsync(
                        new SearchSpan([word], [.. rooms.Select(room => (long)room)], 0, long.MaxValue, limit), Ct);
                    var right = Enumerable.Range(1, Messages).Where(at => rooms.Contains(RoomOf(at)) && has(at)).Reverse().Take(limit);
                    hits.Select(hit => (int)SearchPlace.At(hit.Id)).ShouldBe(right, $"{word} {string.Join(' ', rooms)} {limit}");
                }
            }
        }

        static bool IsEarly(int at) => at <= 1500;

        static int RoomOf(int at) => at <= 300 ? 3 : at % 50 == 0 ? 2 : 1;

        static IndexedPage PageOf(int room)
        {
            var messages =
                from at in Enumerable.Range(1, Messages)
                where RoomOf(at) == room
                select new IndexedMessage(at, at, [SearchTokens.Room(room), "all", IsEarly(at) ? "early" : "late"]);
            return new IndexedPage(room, 0, Messages, [.. messages], Lease: "");
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
