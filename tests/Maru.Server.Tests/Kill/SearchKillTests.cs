using Dapper;
using Maru.Server.Features.Messages;
using Maru.Server.Tests.Features.Search;

namespace Maru.Server.Tests.Kill;

/// <summary>A server that is killed while people write, change and delete, and while its index of search is made anew.</summary>
[Trait("Category", "Kill")]
public sealed class SearchKillTests
{
    [Fact]
    public async Task The_index_is_the_one_that_all_messages_make()
    {
        using var killed = await KilledServer<string>.SeedAsync(people: 4);
        var list = $"/api/rooms/{killed.Rooms[0]}/messages";
        for (var life = 0; life < 3; life++)
        {
            if (life == 1) await ExecuteAsync(killed, "UPDATE search_state SET wanted = wanted + 1, room_id = 0, seq = 0");
            await killed.LiveAndDieAsync(60, async (person, http, answered) =>
            {
                for (var i = 0; ; i++)
                {
                    var said = await http.SendAsync($"POST {list}", new { text = $"beacon 등대 {person} {i}" }).Read<Message>(201);
                    answered("said");
                    if (i % 3 == 1) await http.SendAsync($"PATCH {list}/{said.Seq}", new { text = $"changed 바다 {i}" }).ShouldBe(200);
                    if (i % 3 == 2) await http.SendAsync($"DELETE {list}/{said.Seq}").ShouldBe(204);
                }
            });
        }

        var caughtUp = await SettleAsync(killed);
        caughtUp.Count.ShouldBeGreaterThan(80);
        await ExecuteAsync(killed, "UPDATE search_state SET wanted = wanted + 1, room_id = 0, seq = 0");
        await EmptyAsync(killed);
        (await SettleAsync(killed)).ShouldBe(caughtUp);
    }

    /// <summary>Lets the server work until the index has everything; returns what it has.</summary>
    private static Task<IReadOnlyList<string>> SettleAsync(KilledServer<string> killed) => killed.LiveAsync(async _ =>
    {
        await using var store = await killed.OpenStoreAsync();
        await Deadline.Until(
            async () => await store.ExecuteScalarAsync<long>(
                """
                SELECT (SELECT count(*) FROM search_state WHERE built < wanted) + (
                  SELECT count(*) FROM room_heads h
                  LEFT JOIN follower_positions p ON p.follower = 'search' AND p.room_id = h.room_id
                  WHERE h.last_seq > coalesce(p.seq, 0))
                """) == 0,
            "the index");
        return await IndexDump.ReadAsync(await killed.StoreAsync());
    });

    private static async Task ExecuteAsync(KilledServer<string> killed, string sql)
    {
        await using var store = await killed.OpenStoreAsync();
        await store.ExecuteAsync(sql);
    }

    private static async Task EmptyAsync(KilledServer<string> killed)
    {
        await using var index = await IndexDump.OpenAsync(await killed.StoreAsync());
        await index.ExecuteAsync(TestStore.IsPostgres
            ? "DELETE FROM search_messages"
            : "DELETE FROM tokens WHERE rowid IN (SELECT id FROM messages); DELETE FROM messages");
    }
}
