using Maru.Engine.Problems;
using Maru.Server.Features.Pins;
using Maru.Server.Tests.Features.Reactions;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;
using Maru.Server.Tests.Realtime;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Pins;

public sealed class PinTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Pins_are_listed_the_newest_first_with_their_messages_who_pinned_them_and_when()
    {
        var (ann, ben, room, said) = await TalkAsync(3);
        (await ben.PinsAsync(room)).ShouldBeEmpty();
        await ann.PinAsync(room, said[2]);
        await ann.PinAsync(room, said[0]);
        await ann.PinAsync(room, said[1]);
        (await ben.SeePinsAsync(room)).ShouldBe([said[1], said[0], said[2]]);
        await ann.UnpinAsync(room, said[0]);
        await ann.PinAsync(room, said[0]);
        (await ben.SeePinsAsync(room)).ShouldBe([said[0], said[1], said[2]]);

        // Each is the message as it is now, as its reader sees it.
        await ben.ReactAsync(room, said[0], "👍");
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{said[0]}", new { text = "edited" }).ShouldBe(200);
        var first = (await ben.PinsAsync(room))[0];
        (first.PinnedBy, first.Message.Text, first.Message.Reactions.Told()).ShouldBe((ann.User, "edited", "👍 1 mine"));
        first.At.ShouldBeGreaterThan(first.Message.At.AddMilliseconds(-1));
        first.At.ShouldBeLessThanOrEqualTo(first.Message.EditedAt!.Value);
        await server.ShouldKeepPinsAsync();
    }

    [Fact]
    public async Task A_repeat_changes_nothing_and_appends_nothing()
    {
        var (ann, ben, room, said) = await TalkAsync(2);
        await PromoteAsync(ann, ben, room);
        var last = (await ann.SeeAsync(room)).LastSeq;
        await ann.UnpinAsync(room, said[0]);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(last);
        await ann.PinAsync(room, said[0]);
        await ann.PinAsync(room, said[1]);
        var before = await ann.PinsAsync(room);
        foreach (var person in (Person[])[ann, ben, ann]) await person.PinAsync(room, said[0]);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(last + 2);
        (await ann.PinsAsync(room)).Select(x => (x.Message.Seq, x.PinnedBy, x.At))
            .ShouldBe(before.Select(x => (x.Message.Seq, x.PinnedBy, x.At)));
        for (var i = 0; i < 3; i++) await ben.UnpinAsync(room, said[0]);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(last + 3);
        (await ann.SeePinsAsync(room)).ShouldBe([said[1]]);
        await server.ShouldKeepPinsAsync();
    }

    [Fact]
    public async Task Owner_and_admins_pin_members_read_and_others_see_nothing()
    {
        var (ann, ben, room, said) = await TalkAsync(2, "private");
        var eve = await server.SignUpAsync("eve");
        await ann.PinAsync(room, said[0]);
        foreach (var method in (string[])["PUT", "DELETE"])
        {
            foreach (var seq in said) await ben.Http.SendAsync($"{method} {Pinning.Address(room, seq)}").ShouldRefuse(Problem.Forbidden);
            await eve.Http.SendAsync($"{method} {Pinning.Address(room, said[0])}").ShouldRefuse(Problem.NotFound);
            await ann.Http.SendAsync($"{method} {Pinning.Address(room, 999)}").ShouldRefuse(Problem.NotFound);
            await ann.Http.SendAsync($"{method} {Pinning.Address(room with { Id = 987654321 }, 1)}").ShouldRefuse(Problem.NotFound);
            await server.Http.SendAsync($"{method} {Pinning.Address(room, said[0])}").ShouldRefuse(Problem.Unauthenticated);
        }

        (await ben.SeePinsAsync(room)).ShouldBe([said[0]]);
        await eve.Http.SendAsync($"GET {Pinning.List(room)}").ShouldRefuse(Problem.NotFound);
        await server.Http.SendAsync($"GET {Pinning.List(room)}").ShouldRefuse(Problem.Unauthenticated);
        await PromoteAsync(ann, ben, room);
        await ben.PinAsync(room, said[1]);
        await ben.UnpinAsync(room, said[0]);
        (await ann.PinsAsync(room)).Select(x => (x.Message.Seq, x.PinnedBy)).ShouldBe([(said[1], ben.User)]);
        await server.ShouldKeepPinsAsync();
    }

    [Fact]
    public async Task In_a_public_room_too_only_members_see_pins()
    {
        var (ann, _, room, said) = await TalkAsync(1);
        await ann.PinAsync(room, said[0]);
        await (await server.SignUpAsync("eve")).Http.SendAsync($"GET {Pinning.List(room)}").ShouldRefuse(Problem.NotFound);
    }

    [Fact]
    public async Task In_a_direct_room_both_pin_what_either_said()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.Http.SendAsync("POST /api/rooms/direct", new { userId = ben.Id }).Read<Room>(201);
        var (hers, his) = ((await ann.SayAsync(room)).Seq, (await ben.SayAsync(room)).Seq);
        await ben.PinAsync(room, hers);
        await ann.PinAsync(room, his);
        (await ann.PinsAsync(room)).Select(x => (x.Message.Seq, x.PinnedBy)).ShouldBe([(his, ann.User), (hers, ben.User)]);
        await ann.UnpinAsync(room, hers);
        (await ben.SeePinsAsync(room)).ShouldBe([his]);
        var eve = await server.SignUpAsync("eve");
        await eve.Http.SendAsync($"PUT {Pinning.Address(room, hers)}").ShouldRefuse(Problem.NotFound);
        await server.ShouldKeepPinsAsync();
    }

    [Fact]
    public async Task Deleted_and_system_messages_cannot_be_pinned_and_are_not()
    {
        var (ann, _, room, said) = await TalkAsync(1);
        await (await server.SignUpAsync("cat")).JoinAsync(room);
        await ann.DeleteAsync(room, said[0]);
        var last = (await ann.SeeAsync(room)).LastSeq;
        foreach (var seq in (long[])[said[0], said[0] + 1])
        {
            await ann.Http.SendAsync($"PUT {Pinning.Address(room, seq)}").ShouldRefuse(Problem.NotEditable);
            await ann.UnpinAsync(room, seq);
        }

        (await ann.SeeAsync(room)).LastSeq.ShouldBe(last);
        (await ann.PinsAsync(room)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_that_is_deleted_is_unpinned_by_that_alone()
    {
        var (ann, ben, room, said) = await TalkAsync(2);
        foreach (var seq in said) await ann.PinAsync(room, seq);
        await ann.DeleteAsync(room, said[0]);
        (await ben.SeePinsAsync(room)).ShouldBe([said[1]]);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(said[1] + 3);
        await ann.UnpinAsync(room, said[0]);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(said[1] + 3);
        await server.ShouldKeepPinsAsync();
    }

    [Fact]
    public async Task Pins_of_who_left_stay_and_those_of_a_deleted_account_are_a_deleted_users()
    {
        var (ann, ben, room, said) = await TalkAsync(2);
        var dan = await server.SignUpAsync("dan");
        await dan.JoinAsync(room);
        await PromoteAsync(ann, ben, room);
        await PromoteAsync(ann, dan, room);
        await ben.PinAsync(room, said[0]);
        await dan.PinAsync(room, said[1]);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        await Past.GoAsync(dan, ann, room);
        (await ann.PinsAsync(room)).Select(x => x.PinnedBy.Name).ShouldBe(["deleted user", ben.User.Name]);
        await ann.UnpinAsync(room, said[0]);
        await ben.Http.SendAsync($"GET {Pinning.List(room)}").ShouldRefuse(Problem.NotFound);
        await ben.Http.SendAsync($"PUT {Pinning.Address(room, said[0])}").ShouldRefuse(Problem.NotFound);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}").ShouldBe(204);
        await ann.Http.SendAsync($"GET {Pinning.List(room)}").ShouldRefuse(Problem.NotFound);
        await ann.Http.SendAsync($"PUT {Pinning.Address(room, said[0])}").ShouldRefuse(Problem.NotFound);
        await server.ShouldKeepPinsAsync();
    }

    [Fact]
    public async Task A_room_has_a_bounded_number_of_pins()
    {
        await using var own = await MaruServer.StartAsync("--Maru:Pins:PerRoom=2");
        var ann = await own.SignUpAsync();
        var (room, other) = (await ann.MakeRoomAsync(), await ann.MakeRoomAsync());
        long[] said = [(await ann.SayAsync(room)).Seq, (await ann.SayAsync(room)).Seq, (await ann.SayAsync(room)).Seq];
        await ann.PinAsync(other, (await ann.SayAsync(other)).Seq);
        await ann.PinAsync(room, said[0]);
        await ann.PinAsync(room, said[1]);
        await ann.Http.SendAsync($"PUT {Pinning.Address(room, said[2])}").ShouldRefuse(Problem.TooManyPins);
        await ann.PinAsync(room, said[1]);
        await ann.UnpinAsync(room, said[0]);
        await ann.PinAsync(room, said[2]);
        await ann.Http.SendAsync($"PUT {Pinning.Address(room, said[0])}").ShouldRefuse(Problem.TooManyPins);
        await ann.DeleteAsync(room, said[1]);
        await ann.PinAsync(room, said[0]);
        (await ann.SeePinsAsync(room)).ShouldBe([said[0], said[2]]);
        await own.ShouldKeepPinsAsync();
    }

    [Fact]
    public async Task A_pin_is_nothing_to_read()
    {
        var (ann, ben, room, said) = await TalkAsync(1);
        await ben.ReadAsync(room, said[0]);
        await ann.PinAsync(room, said[0]);
        (await ben.CountAsync(room)).ShouldBe(0);
        (await ben.HistoryAsync(room)).Select(x => x.Seq).ShouldNotContain(said[0] + 1);
        await ann.SayAsync(room);
        (await ben.CountAsync(room)).ShouldBe(1);
        await server.ShouldBalanceAsync(room);
    }

    [Fact]
    public async Task What_an_older_program_leaves_of_a_deleted_message_is_no_pin_and_is_not_counted()
    {
        await using var own = await MaruServer.StartAsync("--Maru:Pins:PerRoom=1");
        var ann = await own.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var (gone, said) = ((await ann.SayAsync(room)).Seq, (await ann.SayAsync(room)).Seq);
        await ann.PinAsync(room, gone);
        await TestStore.ExecuteAsync(
            own.Store, $"UPDATE messages SET text = '', deleted_at = 1 WHERE room_id = {room.Id} AND seq = {gone}");
        (await ann.PinsAsync(room)).ShouldBeEmpty();
        var last = (await ann.SeeAsync(room)).LastSeq;
        await ann.UnpinAsync(room, gone);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(last);
        await ann.PinAsync(room, said);
        (await ann.SeePinsAsync(room)).ShouldBe([said]);
    }

    [Fact]
    public async Task The_list_is_one_statement_however_many_pins_there_are()
    {
        var spy = new SpiedDatabase();
        await using var own = await MaruServer.StartAsync(null, services => spy.Use<PinStore>(services));
        var ann = await own.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        for (var i = 0; i < 3; i++) await ann.PinAsync(room, (await ann.SayAsync(room)).Seq);
        spy.Reads.Clear();
        (await ann.PinsAsync(room)).Count.ShouldBe(3);
        spy.Reads.Count.ShouldBe(1);
    }

    private static Task<string> PromoteAsync(Person owner, Person member, Room room) =>
        owner.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{member.Id}", new { role = "admin" }).ShouldBe(204);

    /// <summary>Ann, who owns it, and Ben in a room, and the seqs of what Ann said.</summary>
    private async Task<(Person Ann, Person Ben, Room Room, long[] Said)> TalkAsync(int messages, string visibility = "public")
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", visibility, null, ben.Id);
        var said = new long[messages];
        for (var i = 0; i < messages; i++) said[i] = (await ann.SayAsync(room)).Seq;
        return (ann, ben, room, said);
    }
}
