using Maru.Server.Features.Search;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Maru.Server.Tests.Features.Search;

/// <summary>What a search may cost.</summary>
public sealed class SearchCostTests
{
    [Fact]
    public async Task A_person_has_one_search_at_a_time_and_others_need_not_wait_for_it()
    {
        var held = new HeldDatabase();
        await using var server = await MaruServer.StartAsync(null, held.Use<SearchPages>, Searching.On);
        var (ann, ben) = (await server.SignUpAsync(), await server.SignUpAsync("ben"));
        await ann.SayAsync(await ann.MakeRoomAsync(members: ben.Id), "beacon");
        await server.IndexedAsync();
        var hold = held.HoldReads(1);
        var first = ann.SearchAsync("beacon");
        await hold.Arrived;
        var before = held.Reads;
        Task<HttpResponseMessage>[] more = [.. Enumerable.Range(0, 20).Select(_ => ann.TrySearchAsync("beacon"))];
        using var refused = await (await Task.WhenAny(more).Within("one to be refused"));
        ((int)refused.StatusCode).ShouldBe(429);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        held.Reads.ShouldBe(before, "the others wait");
        (await ben.TextsAsync("beacon")).ShouldBe(["beacon"]);

        hold.Release();
        (await first.Within("the held one")).Count.ShouldBe(1);
        var statuses = (await Task.WhenAll(more).Within("all")).Select(response => (int)response.StatusCode).Order();
        statuses.ShouldBe([.. Enumerable.Repeat(200, 16), .. Enumerable.Repeat(429, 4)]);
    }

    [Fact]
    public async Task A_page_ends_where_it_has_looked_through_long_texts_enough()
    {
        await using var server = await MaruServer.StartAsync(Searching.On);
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await ann.SayAsync(room, "the alpha omega");
        await FillAsync(server, ann, room.Id, 250, i => $"alpha {i} {new string('x', 8000)} omega");
        var page = await ann.TrySearchAsync("\"alpha omega\"").Read<SearchPage>();
        page.Items.ShouldBeEmpty();
        var rest = await ann.TrySearchAsync("\"alpha omega\"", $"&before={page.Next}").Read<SearchPage>();
        rest.Items.Single().Text.ShouldBe("the alpha omega");
        rest.Next.ShouldBeNull();
    }

    [Fact]
    [Trait("Store", "postgres")]
    public async Task A_page_that_goes_on_asks_the_index_for_more_at_a_time()
    {
        var held = new HeldDatabase();
        await using var server = await MaruServer.StartAsync(
            null,
            services =>
            {
                held.Use<PostgresSearchIndex>(services);
                services.Replace(ServiceDescriptor.Singleton<ISearchIndex>(x => x.GetRequiredService<PostgresSearchIndex>()));
            },
            Searching.On);
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await ann.SayAsync(room, "the alpha omega");
        await FillAsync(server, ann, room.Id, 1500, i => $"alpha {i} omega");
        var before = held.Reads;
        (await ann.TextsAsync("\"alpha omega\"")).ShouldBe(["the alpha omega"]);
        (held.Reads - before).ShouldBe(3, "200, 800 and the rest");
    }

    private static async Task FillAsync(MaruServer server, Person person, long room, int messages, Func<int, string> text)
    {
        await using (var talker = await StompSocket.ConnectAsync(server.Address, person.AccessToken))
        {
            for (var i = 0; i < messages - 1; i++) await talker.SayAsync(room, text(i));
            await talker.SayAndWaitAsync(room, text(messages));
        }

        await server.IndexedAsync();
    }
}
