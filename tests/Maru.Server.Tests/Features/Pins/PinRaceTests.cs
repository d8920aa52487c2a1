using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Pins;

/// <summary>Several people who pin, unpin and delete at the same moment.</summary>
public sealed class PinRaceTests(MaruServer server) : IClassFixture<MaruServer>
{
    private const int People = 10;

    [Fact]
    public async Task All_pin_one_message_at_once_and_it_is_pinned_once_and_then_unpinned_once()
    {
        var (people, room) = await CrowdAsync();
        var said = (await people[0].SayAsync(room)).Seq;
        await Task.WhenAll(people.Select(person => person.PinAsync(room, said)));
        (await people[0].SeeAsync(room)).LastSeq.ShouldBe(said + 1);
        (await people[0].SeePinsAsync(room)).ShouldBe([said]);
        await Task.WhenAll(people.Select(person => person.UnpinAsync(room, said)));
        (await people[0].SeeAsync(room)).LastSeq.ShouldBe(said + 2);
        (await people[0].PinsAsync(room)).ShouldBeEmpty();
        await server.ShouldKeepPinsAsync();
    }

    [Fact]
    public async Task Pins_unpins_and_a_deletion_at_once_leave_one_truth_which_the_log_tells()
    {
        var (people, room) = await CrowdAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, people[0].AccessToken);
        await socket.SubscribeAsync(room.Id);
        for (var round = 0; round < 10; round++)
        {
            var (kept, deleted) = ((await people[0].SayAsync(room)).Seq, (await people[1].SayAsync(room)).Seq);
            await Task.WhenAll(people.SelectMany((person, i) => new Task[]
            {
                i % 2 == 0 ? person.PinAsync(room, kept) : person.UnpinAsync(room, kept),
                i == 5 ? person.DeleteAsync(room, deleted) : PinOrRefuseAsync(person, room, deleted),
            }));
            (await people[0].SeePinsAsync(room)).ShouldNotContain(deleted);
        }

        await server.ShouldKeepPinsAsync();

        // Who listened has heard the same: what is pinned in the end is what the last event of each message says.
        var last = await people[0].SayAsync(room);
        HashSet<long> heard = [];
        for (var seq = 0L; seq < last.Seq;)
        {
            var frame = await socket.EntryAsync();
            seq = frame.Seq;
            if (frame.Type == "message.deleted") heard.Remove(frame.Json.GetProperty("message").GetProperty("seq").GetInt64());
            if (frame.Type != "pin.changed") continue;
            var target = frame.Json.GetProperty("target").GetInt64();
            (frame.Json.GetProperty("pinned").GetBoolean() ? heard.Add(target) : heard.Remove(target)).ShouldBeTrue(frame.Text);
        }

        (await people[0].SeePinsAsync(room)).ShouldBe(heard, ignoreOrder: true);
    }

    [Fact]
    public async Task The_bound_holds_however_many_come_at_once()
    {
        await using var own = await MaruServer.StartAsync("--Maru:Pins:PerRoom=7");
        var ann = await own.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var said = new long[30];
        for (var i = 0; i < said.Length; i++) said[i] = (await ann.SayAsync(room)).Seq;
        var statuses = await Task.WhenAll(said.Select(async seq =>
        {
            using var response = await ann.Http.SendAsync($"PUT {Pinning.Address(room, seq)}");
            return (int)response.StatusCode;
        }));
        statuses.Count(x => x == 204).ShouldBe(7);
        statuses.Count(x => x == Problem.TooManyPins.Status).ShouldBe(said.Length - 7);
        (await ann.SeePinsAsync(room)).Length.ShouldBe(7);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(said[^1] + 7);
        await own.ShouldKeepPinsAsync();
    }

    private static async Task PinOrRefuseAsync(Person person, Room room, long seq)
    {
        using var response = await person.Http.SendAsync($"PUT {Pinning.Address(room, seq)}");
        ((int)response.StatusCode).ShouldBeOneOf(204, Problem.NotEditable.Status);
    }

    /// <summary>A room's owner and its admins.</summary>
    private async Task<(Person[] People, Room Room)> CrowdAsync()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, People).Select(_ => server.SignUpAsync()));
        var room = await people[0].MakeRoomAsync(members: [.. people[1..].Select(x => x.Id)]);
        foreach (var person in people[1..])
            await people[0].Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{person.Id}", new { role = "admin" }).ShouldBe(204);
        return (people, room);
    }
}
