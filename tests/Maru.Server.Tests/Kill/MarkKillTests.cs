using Maru.Server.Features.Accounts;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Pins;
using Maru.Server.Features.Stars;

namespace Maru.Server.Tests.Kill;

/// <summary>A server that is killed while people mark messages: everybody for themselves, or all for the room.</summary>
[Trait("Category", "Kill")]
public sealed class MarkKillTests
{
    private const int People = 6;
    private const int Messages = 10;    // of each life

    [Fact]
    public async Task Stars_and_pins_that_were_answered_with_success_survive_kills_and_each_pin_stands_in_the_log_once()
    {
        using var killed = await KilledServer<Mark>.SeedAsync(People);
        var room = $"/api/rooms/{killed.Rooms[0]}";
        var said = await killed.LiveAsync(async people =>
        {
            foreach (var http in people[1..])
            {
                var id = (await http.SendAsync("GET /api/me").Read<Profile>()).Id;
                await people[0].SendAsync($"PATCH {room}/members/{id}", new { role = "admin" }).ShouldBe(204);
            }

            return await Task.WhenAll(Enumerable.Range(0, 3 * Messages).Select(async i =>
                (await people[0].SendAsync($"POST {room}/messages", new { text = $"{i}" }).Read<Message>(201)).Seq));
        });
        for (var life = 0; life < 3; life++)
        {
            var seqs = said.Skip(life * Messages).Take(Messages).ToArray();
            await killed.LiveAndDieAsync(40, async (_, http, answered) =>
            {
                foreach (var mark in seqs.SelectMany(seq => new[] { new Mark("star", seq), new Mark("pin", seq) }))
                {
                    using var response = await http.SendAsync($"PUT {room}/messages/{mark.Seq}/{mark.What}");
                    if (response.IsSuccessStatusCode) answered(mark);
                }
            });
        }

        var pinned = await killed.LiveAsync(async people =>
        {
            for (var i = 0; i < People; i++)
            {
                var stars = (await people[i].SendAsync("GET /api/me/stars?limit=200").Read<StarPage>()).Items;
                Seqs(killed.Answered.Where(x => x.Person == i).Select(x => x.What), "star").ShouldBeSubsetOf(stars.Select(x => x.Seq));
            }

            return (await people[0].SendAsync($"GET {room}/pins").Read<PinList>()).Items.Select(x => x.Message.Seq).ToArray();
        });
        Seqs(killed.Answered.Select(x => x.What), "pin").ShouldBeSubsetOf(pinned);
        await using var store = await killed.OpenStoreAsync();
        const string sql = "SELECT target_seq FROM changes WHERE room_id = @room";
        (await Verdict.RowsAsync(store, sql, killed.Rooms[0], row => row.GetInt64(0))).ShouldBe(pinned, ignoreOrder: true);
    }

    private static IEnumerable<long> Seqs(IEnumerable<Mark> marks, string what) =>
        marks.Where(mark => mark.What == what).Select(mark => mark.Seq);

    private sealed record Mark(string What, long Seq);
}
