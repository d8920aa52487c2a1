using Maru.Server.Features.Accounts;
using Maru.Server.Features.Blocks;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Kill;

/// <summary>A server that is killed while people block each other and lift the blocks.</summary>
[Trait("Category", "Kill")]
public sealed class BlockKillTests
{
    private const int Pairs = 6;

    [Fact]
    public async Task Blocks_that_were_answered_with_success_survive_kills_and_hold_in_the_direct_room()
    {
        using var killed = await KilledServer<bool>.SeedAsync(2 * Pairs);
        var (blocked, rooms) = (new long[Pairs], new long[Pairs]);
        await killed.LiveAsync(async people =>
        {
            for (var i = 0; i < Pairs; i++)
            {
                blocked[i] = (await people[Pairs + i].SendAsync("GET /api/me").Read<Profile>()).Id;
                rooms[i] = (await people[i].SendAsync("POST /api/rooms/direct", new { userId = blocked[i] }).Read<Room>(201)).Id;
            }

            return true;
        });
        var (done, asked) = (new bool[Pairs], new bool[Pairs]);     // what was answered last, and what was on its way
        for (var life = 0; life < 3; life++)
        {
            await killed.LiveAndDieAsync(30, async (person, http, answered) =>
            {
                while (person < Pairs)
                {
                    asked[person] = !done[person];
                    using var response = await http.SendAsync($"{(asked[person] ? "PUT" : "DELETE")} /api/blocks/{blocked[person]}");
                    if (!response.IsSuccessStatusCode) continue;
                    done[person] = asked[person];
                    answered(asked[person]);
                }
            });
            await killed.LiveAsync(async people =>
            {
                for (var i = 0; i < Pairs; i++)
                {
                    var isBlocked = (await people[i].SendAsync("GET /api/blocks").Read<BlockPage>()).Items.Count > 0;
                    (isBlocked == done[i] || isBlocked == asked[i]).ShouldBeTrue();
                    (done[i], asked[i]) = (isBlocked, isBlocked);
                    await SettledAsync(people[Pairs + i], rooms[i], isBlocked ? 403 : 201);
                }

                return true;
            });
        }
    }

    /// <summary>The room says what the list of blocks says, once what a crash left is done.</summary>
    private static Task SettledAsync(HttpClient blocked, long room, int status) => Deadline.Until(
        async () =>
        {
            using var said = await blocked.SendAsync($"POST /api/rooms/{room}/messages", new { text = "hello" });
            return (int)said.StatusCode == status;
        },
        "the room to say what the blocks say");
}
