using Maru.Engine.Problems;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;
using Maru.Server.Tests.Realtime;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Stars;

/// <summary>Stars that people give and take, who may, and what takes them away.</summary>
public sealed class StarTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task A_star_is_seen_by_its_person_alone_wherever_they_read_the_message()
    {
        var (ann, ben, room, said) = await TalkAsync();
        var other = await ann.SayAsync(room, "other");
        (await ben.ReadOneAsync(room, said)).Starred.ShouldBeNull();
        await ben.StarAsync(room, said);
        (await ben.ReadOneAsync(room, said)).Starred.ShouldBe(true);
        (await ben.ReadOneAsync(room, other.Seq)).Starred.ShouldBeNull();
        (await ben.HistoryAsync(room)).Where(x => x.Starred is true).Select(x => x.Seq).ShouldBe([said]);
        var item = (await ben.StarsAsync()).Items.ShouldHaveSingleItem();
        (item.RoomId, item.Seq, item.Message.RoomId, item.Message.Seq).ShouldBe((room.Id, said, room.Id, said));
        (item.Message.Text, item.Message.Starred).ShouldBe(("hello", true));
        item.At.ShouldBeGreaterThanOrEqualTo(item.Message.At);

        (await ann.HistoryAsync(room)).ShouldAllBe(x => x.Starred == null);
        (await ann.StarsAsync()).Items.ShouldBeEmpty();
        await ben.UnstarAsync(room, said);
        (await ben.HistoryAsync(room)).ShouldAllBe(x => x.Starred == null);
        (await ben.StarsAsync()).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_of_history_tells_the_stars_of_its_own_messages_both_ways()
    {
        var (ann, _, room, said) = await TalkAsync();
        List<long> seqs = [said];
        for (var i = 0; i < 9; i++) seqs.Add((await ann.SayAsync(room)).Seq);
        foreach (var i in (int[])[0, 3, 4, 9]) await ann.StarAsync(room, seqs[i]);
        foreach (var query in (string[])[$"before={seqs[5]}&limit=2", $"after={seqs[2]}&limit=2"])
        {
            var page = await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/messages?{query}")
                .Read<Maru.Server.Features.Messages.MessagePage>();
            page.Items.Select(x => (x.Seq, x.Starred)).ShouldBe([(seqs[3], true), (seqs[4], true)]);
        }

        (await ann.HistoryAsync(room)).Where(x => x.Starred is true).Select(x => x.Seq).ShouldBe([seqs[0], seqs[3], seqs[4], seqs[9]]);
    }

    [Fact]
    public async Task A_repeat_changes_nothing_and_the_rooms_log_has_nothing_of_it()
    {
        var (ann, _, room, said) = await TalkAsync();
        await ann.UnstarAsync(room, said);
        for (var i = 0; i < 3; i++) await ann.StarAsync(room, said);
        var at = (await ann.StarsAsync()).Items.ShouldHaveSingleItem().At;
        await ann.StarAsync(room, said);
        (await ann.StarsAsync()).Items.ShouldHaveSingleItem().At.ShouldBe(at);
        for (var i = 0; i < 3; i++) await ann.UnstarAsync(room, said);
        (await ann.StarsAsync()).Items.ShouldBeEmpty();
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(said);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Only_members_star_and_only_what_is_there()
    {
        var (ann, ben, room, said) = await TalkAsync();
        var eve = await server.SignUpAsync("eve");
        await ann.StarAsync(room, said);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        var deleted = await ann.SayAsync(room);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{deleted.Seq}").ShouldBe(204);
        (Person, Room, long)[] cases =
            [(eve, room, said), (ben, room, said), (ann, room with { Id = 987654321 }, said), (ann, room, 999), (ann, room, deleted.Seq)];
        foreach (var (person, place, seq) in cases)
        {
            await person.Http.SendAsync($"PUT {Starring.Address(place, seq)}").ShouldRefuse(Problem.NotFound);
            await person.Http.SendAsync($"DELETE {Starring.Address(place, seq)}").ShouldRefuse(Problem.NotFound);
        }

        await server.Http.SendAsync($"PUT {Starring.Address(room, said)}").ShouldRefuse(Problem.Unauthenticated);
        (await ann.AllStarsAsync()).ShouldBe([$"{room.Id}-{said}"]);
    }

    [Fact]
    public async Task A_message_that_is_deleted_takes_its_stars_along()
    {
        var (ann, ben, room, said) = await TalkAsync();
        var other = await ann.SayAsync(room);
        foreach (var person in (Person[])[ann, ben])
        {
            await person.StarAsync(room, said);
            await person.StarAsync(room, other.Seq);
        }

        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{said}").ShouldBe(204);
        (await ben.AllStarsAsync()).ShouldBe([$"{room.Id}-{other.Seq}"]);
        (await ben.ReadOneAsync(room, said)).Starred.ShouldBeNull();
        (await RowsAsync(server, room)).ShouldBe(2);
    }

    [Fact]
    public async Task Stars_go_with_the_room_that_one_leaves_and_do_not_come_back_but_the_past_can_be_starred_again()
    {
        var (ann, ben, room, said) = await TalkAsync();
        var stays = await ann.MakeRoomAsync(members: ben.Id);
        var kept = await ann.SayAsync(stays);
        await ann.StarAsync(room, said);
        await ben.StarAsync(room, said);
        await ben.StarAsync(stays, kept.Seq);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        (await ben.AllStarsAsync()).ShouldBe([$"{stays.Id}-{kept.Seq}"]);
        await ben.JoinAsync(room);
        (await ben.AllStarsAsync()).ShouldBe([$"{stays.Id}-{kept.Seq}"]);
        (await ben.ReadOneAsync(room, said)).Starred.ShouldBeNull();
        await ben.StarAsync(room, said);       // history shows what was before
        (await ben.AllStarsAsync()).ShouldBe([$"{room.Id}-{said}", $"{stays.Id}-{kept.Seq}"]);

        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{ben.Id}?ban=true").ShouldBe(204);
        (await ben.AllStarsAsync()).ShouldBe([$"{stays.Id}-{kept.Seq}"]);
        (await ann.AllStarsAsync()).ShouldBe([$"{room.Id}-{said}"]);
    }

    [Fact]
    public async Task A_room_or_an_account_that_is_deleted_leaves_none()
    {
        var (ann, ben, room, said) = await TalkAsync();
        var lost = await ann.MakeRoomAsync(members: ben.Id);
        var gone = await ann.SayAsync(lost);
        foreach (var person in (Person[])[ann, ben])
        {
            await person.StarAsync(room, said);
            await person.StarAsync(lost, gone.Seq);
        }

        await ann.Http.SendAsync($"DELETE /api/rooms/{lost.Id}").ShouldBe(204);
        (await RowsAsync(server, lost)).ShouldBe(0);
        (await ben.AllStarsAsync()).ShouldBe([$"{room.Id}-{said}"]);
        await Past.GoAsync(ben, ann, room);
        (await RowsAsync(server, room)).ShouldBe(1);
        (await ann.AllStarsAsync()).ShouldBe([$"{room.Id}-{said}"]);
    }

    [Fact]
    public async Task What_an_older_program_leaves_is_not_listed()
    {
        var (ann, ben, room, said) = await TalkAsync();
        var other = await ann.SayAsync(room);
        await ben.StarAsync(room, said);
        await ben.StarAsync(room, other.Seq);
        var deletion = $"UPDATE messages SET text = '', deleted_at = 1 WHERE room_id = {room.Id} AND seq = {said}";
        await TestStore.ExecuteAsync(server.Store, deletion);
        (await ben.AllStarsAsync(1)).ShouldBe([$"{room.Id}-{other.Seq}"]);
    }

    [Fact]
    public async Task One_person_has_a_bounded_number_of_stars_and_one_taken_off_makes_room()
    {
        await using var own = await MaruServer.StartAsync("--Maru:Stars:PerUser=3");
        var (ann, ben) = (await own.SignUpAsync("ann"), await own.SignUpAsync("ben"));
        var (one, two) = (await ann.MakeRoomAsync(members: ben.Id), await ann.MakeRoomAsync(members: ben.Id));
        List<(Room Room, long Seq)> said = [];
        for (var i = 0; i < 5; i++) said.Add((i % 2 == 0 ? one : two, (await ann.SayAsync(i % 2 == 0 ? one : two)).Seq));
        foreach (var (room, seq) in said[..3]) await ben.StarAsync(room, seq);
        await ben.Http.SendAsync($"PUT {Starring.Address(said[3].Room, said[3].Seq)}").ShouldRefuse(Problem.TooManyStars);
        await ben.StarAsync(said[2].Room, said[2].Seq);
        (await ben.ReadOneAsync(said[3].Room, said[3].Seq)).Starred.ShouldBeNull();
        await ann.StarAsync(said[3].Room, said[3].Seq);
        await ben.UnstarAsync(said[0].Room, said[0].Seq);
        await ben.StarAsync(said[3].Room, said[3].Seq);
        await ben.Http.SendAsync($"POST /api/rooms/{two.Id}/leave").ShouldBe(204);
        await ben.StarAsync(said[0].Room, said[0].Seq);
        await ben.StarAsync(said[4].Room, said[4].Seq);
        await ben.JoinAsync(two);
        await ben.Http.SendAsync($"PUT {Starring.Address(two, said[1].Seq)}").ShouldRefuse(Problem.TooManyStars);
        (await ben.AllStarsAsync()).Count.ShouldBe(3);
    }

    private static Task<long> RowsAsync(MaruServer server, Room room) => server.Service<Database>().FirstAsync<long>(
        "SELECT count(*) FROM stars WHERE room_id = @Id", new { room.Id }, TestContext.Current.CancellationToken);

    /// <summary>Ann and Ben in a room, and the seq of what Ann said.</summary>
    private async Task<(Person Ann, Person Ben, Room Room, long Said)> TalkAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        return (ann, ben, room, (await ann.SayAsync(room)).Seq);
    }
}
