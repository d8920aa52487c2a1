using Maru.Engine.Problems;
using Maru.Server.Features.ReadState;
using Maru.Server.Features.Rooms;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.ReadState;

public sealed class ReadStateTests(MaruServer server) : IClassFixture<MaruServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_of_others_are_unread_until_one_reads_up_to_them()
    {
        var (ann, ben, room) = await PairAsync();
        var first = await ann.SayAsync(room);
        var second = await ann.SayAsync(room);
        (await ben.CountAsync(room)).ShouldBe(2);
        (await ben.StateAsync(room)).FirstUnread.ShouldBe(first.Seq);
        await ben.ReadAsync(room, first.Seq);
        (await ben.StateAsync(room)).ShouldBe(new RoomReadState(first.Seq, 1, 0, second.Seq));
        await ben.ReadAsync(room, second.Seq);
        (await ben.StateAsync(room)).ShouldBe(new RoomReadState(second.Seq, 0, 0));
        (await ben.CountAsync(room)).ShouldBe(0);
        await server.ShouldBalanceAsync(room);
    }

    [Fact]
    public async Task Own_system_and_deleted_messages_and_those_before_one_joined_are_not_unread()
    {
        var (ann, ben, room) = await PairAsync();
        await ann.SayAsync(room);
        var cat = await server.SignUpAsync("cat");
        await cat.JoinAsync(room);      // a system message for the others
        (await cat.CountAsync(room)).ShouldBe(0);
        (await ben.CountAsync(room)).ShouldBe(1);
        await cat.SayAsync(room);
        var gone = await ann.SayAsync(room);
        (await cat.CountAsync(room)).ShouldBe(1);
        (await ann.CountAsync(room)).ShouldBe(1);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{gone.Seq}").ShouldBe(204);
        (await cat.CountAsync(room)).ShouldBe(0);
        (await ann.CountAsync(room)).ShouldBe(1);
        (await ben.CountAsync(room)).ShouldBe(2);
        await server.ShouldBalanceAsync(room);
    }

    [Fact]
    public async Task Own_messages_are_not_unread_whether_they_are_counted_already_or_not()
    {
        var (ann, ben, room) = await PairAsync();
        List<long> seqs = [];
        foreach (var person in (Person[])[ben, ann, ben, ann, ben]) seqs.Add((await person.SayAsync(room)).Seq);
        (await ben.CountAsync(room)).ShouldBe(2);
        await server.Service<OwnCounts>().CountAllAsync(Ct);
        (await ben.CountAsync(room)).ShouldBe(2);
        await ben.SayAsync(room);
        (await ben.CountAsync(room)).ShouldBe(2);
        // Forth and back, before and behind what is counted.
        (long, long)[] moves = [(seqs[1], 1), (seqs[2], 1), (seqs[0], 2), (seqs[4], 0), (seqs[3], 0), (seqs[2], 1)];
        foreach (var (seq, unread) in moves)
        {
            await ben.UnreadAsync(room, seq);
            (await ben.CountAsync(room)).ShouldBe(unread);
            await server.ShouldBalanceAsync(room);
        }

        await server.Service<OwnCounts>().CountAllAsync(Ct);
        (await ben.CountAsync(room)).ShouldBe(1);
        await server.ShouldBalanceAsync(room);
    }

    [Fact]
    public async Task A_position_moves_back_only_when_asked_to_and_never_before_one_joined()
    {
        var ann = await server.SignUpAsync("ann");
        var room = await ann.MakeRoomAsync();
        await ann.SayAsync(room);
        var ben = await server.SignUpAsync("ben");
        await ben.JoinAsync(room);
        var joined = (await ben.StateAsync(room)).ReadSeq;
        var first = await ann.SayAsync(room);
        var second = await ann.SayAsync(room);
        await ben.ReadAsync(room, second.Seq);
        await ben.ReadAsync(room, first.Seq);
        (await ben.StateAsync(room)).ReadSeq.ShouldBe(second.Seq);
        await ben.UnreadAsync(room, first.Seq);
        (await ben.StateAsync(room)).ShouldBe(new RoomReadState(first.Seq, 1, 0, second.Seq));
        await ben.UnreadAsync(room, 0);
        (await ben.StateAsync(room)).ShouldBe(new RoomReadState(joined, 2, 0, first.Seq));
        await server.ShouldBalanceAsync(room);
    }

    [Fact]
    public async Task Beyond_the_end_of_the_log_is_its_end()
    {
        var (ann, ben, room) = await PairAsync();
        var said = await ann.SayAsync(room);
        await ben.ReadAsync(room, long.MaxValue);
        (await ben.StateAsync(room)).ReadSeq.ShouldBe(said.Seq);
        await ann.SayAsync(room);
        (await ben.CountAsync(room)).ShouldBe(1);
    }

    [Fact]
    public async Task Who_has_not_read_a_message_is_counted_and_who_has_is_listed()
    {
        var (ann, ben, room) = await PairAsync();
        var (cat, first) = (await server.SignUpAsync("cat"), await ann.SayAsync(room));
        await cat.JoinAsync(room);
        var second = await ann.SayAsync(room);
        (await UnreadByAsync(ann, room)).ShouldBe([1, 2]);
        await ben.ReadAsync(room, first.Seq);
        (await UnreadByAsync(ann, room)).ShouldBe([0, 2]);
        (await ann.ReadersAsync(room, first.Seq)).ShouldBe([ben.Id]);
        await cat.ReadAsync(room, second.Seq);
        await ann.ReadAsync(room, second.Seq);
        (await UnreadByAsync(ann, room)).ShouldBe([0, 1]);
        (await ann.ReadersAsync(room, first.Seq)).ShouldBe([ben.Id]);       // cat joined later
        (await ann.ReadersAsync(room, second.Seq)).ShouldBe([cat.Id]);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        (await UnreadByAsync(ann, room)).ShouldBe([0, 0]);
        (await ann.ReadersAsync(room, first.Seq)).ShouldBeEmpty();
        await server.ShouldBalanceAsync(room);
    }

    [Fact]
    public async Task Readers_come_in_pages()
    {
        var ann = await server.SignUpAsync("ann");
        var room = await ann.MakeRoomAsync();
        List<Person> people = [];
        for (var i = 0; i < 5; i++) people.Add(await server.SignUpAsync());
        foreach (var person in people) await person.JoinAsync(room);
        var said = await ann.SayAsync(room);
        foreach (var person in people) await person.ReadAsync(room, said.Seq);
        List<long> found = [];
        for (string? after = ""; after is not null;)
        {
            var path = $"GET /api/rooms/{room.Id}/messages/{said.Seq}/readers?limit=2&after={after}";
            var page = await ann.Http.SendAsync(path).Read<ReaderPage>();
            found.AddRange(page.Items.Select(x => x.User.Id));
            after = page.Next;
        }

        found.ShouldBe(people.Select(x => x.Id));
    }

    [Fact]
    public async Task Who_comes_back_begins_anew()
    {
        var (ann, ben, room) = await PairAsync();
        await ben.SayAsync(room);
        await ann.SayAsync(room);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        await ann.SayAsync(room);
        await ben.JoinAsync(room);
        (await ben.CountAsync(room)).ShouldBe(0);
        await server.Service<OwnCounts>().CountAllAsync(Ct);
        await ann.SayAsync(room);
        (await ben.CountAsync(room)).ShouldBe(1);
        await server.ShouldBalanceAsync(room);
    }

    [Fact]
    public async Task All_rooms_can_be_read_at_once()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var rooms = new Room[3];
        for (var i = 0; i < rooms.Length; i++) rooms[i] = await ann.MakeRoomAsync(members: ben.Id);
        foreach (var room in rooms[..2]) await ann.SayAsync(room);
        await ann.SayAsync(rooms[0]);
        (await ben.Http.SendAsync("GET /api/me/unread").Read<UnreadTotal>()).ShouldBe(new UnreadTotal(3, 0, 2));
        await ben.Http.SendAsync("PUT /api/me/read").ShouldBe(204);
        (await ben.Http.SendAsync("GET /api/me/unread").Read<UnreadTotal>()).ShouldBe(new UnreadTotal(0, 0, 0));
        await server.ShouldBalanceAsync(rooms);
    }

    [Fact]
    public async Task Strangers_and_bad_input_are_refused()
    {
        var (ann, ben, room) = await PairAsync();
        var said = await ann.SayAsync(room);
        var eve = await server.SignUpAsync("eve");
        await eve.Http.SendAsync($"PUT /api/rooms/{room.Id}/read", new { seq = 1 }).ShouldRefuse(Problem.NotFound);
        await eve.Http.SendAsync($"GET /api/rooms/{room.Id}/read").ShouldRefuse(Problem.NotFound);
        await eve.Http.SendAsync($"GET /api/rooms/{room.Id}/messages/{said.Seq}/readers").ShouldRefuse(Problem.NotFound);
        await ben.Http.SendAsync($"GET /api/rooms/{room.Id}/messages/99/readers").ShouldRefuse(Problem.NotFound);
        (await ben.Http.SendAsync($"PUT /api/rooms/{room.Id}/read", new { seq = -1 }).ShouldRefuseFields()).ShouldBe(["seq"]);
        (await ben.Http.SendAsync($"PUT /api/rooms/{room.Id}/read", new { }).ShouldRefuseFields()).ShouldBe(["seq"]);
    }

    [Fact]
    public async Task Moves_of_one_moment_end_where_one_after_the_other_would()
    {
        var (ann, ben, room) = await PairAsync();
        List<long> seqs = [];
        for (var i = 0; i < 20; i++) seqs.Add((await ann.SayAsync(room)).Seq);
        await Task.WhenAll(seqs.Order(Comparer<long>.Create((a, b) => (a % 3).CompareTo(b % 3))).Select(seq => ben.ReadAsync(room, seq)));
        (await ben.StateAsync(room)).ShouldBe(new RoomReadState(seqs[^1], 0, 0));
        await server.ShouldBalanceAsync(room);
    }

    /// <summary>Its time puts the events of several nodes in order, whose clocks may differ.</summary>
    [Fact]
    public async Task A_position_moves_later_than_it_did_before_whatever_the_clock_says()
    {
        var (ann, ben, room) = await PairAsync();
        var said = await ann.SayAsync(room);
        var ahead = DateTimeOffset.FromUnixTimeMilliseconds(4_000_000_000_000);
        await server.Service<Database>().WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync(
                "UPDATE members SET read_at = @at WHERE room_id = @room AND user_id = @user",
                new { at = ahead.ToUnixTimeMilliseconds(), room = room.Id, user = ben.Id },
                ct),
            Ct);
        await ben.ReadAsync(room, said.Seq);
        var readers = await ann.Http.SendAsync($"GET /api/rooms/{room.Id}/messages/{said.Seq}/readers").Read<ReaderPage>();
        readers.Items.ShouldHaveSingleItem().At.ShouldBe(ahead.AddMilliseconds(1));
    }

    [Fact]
    public async Task A_member_whom_an_older_program_adds_begins_at_the_end()
    {
        var (ann, _, room) = await PairAsync();
        await ann.SayAsync(room);
        var cat = await server.SignUpAsync("cat");
        const string Insert = "INSERT INTO members (room_id, user_id, role, joined_at) VALUES (@room, @user, 'member', 0);"
            + "UPDATE rooms SET member_count = member_count + 1 WHERE id = @room";
        await server.Service<Database>().WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync(Insert, new { room = room.Id, user = cat.Id }, ct), Ct);
        (await cat.CountAsync(room)).ShouldBe(0);
        await server.ShouldBalanceAsync(room);
    }

    [Fact]
    public async Task Far_moves_of_a_person_go_one_by_one_or_are_refused_and_keep_nobody_from_reading()
    {
        await using var own = await MaruServer.StartAsync();
        own.Service<PositionStore>().Near = 2;
        var (ann, ben, cat) = (await own.SignUpAsync("ann"), await own.SignUpAsync("ben"), await own.SignUpAsync("cat"));
        var rooms = new Room[8];
        for (var i = 0; i < rooms.Length; i++)
        {
            rooms[i] = await ann.MakeRoomAsync();
            await ben.JoinAsync(rooms[i]);
            await cat.JoinAsync(rooms[i]);
            for (var n = 0; n < 12; n++) await (n % 3 == 0 ? ben : ann).SayAsync(rooms[i]);     // 3 to 14
        }

        await own.Service<OwnCounts>().CountAllAsync(Ct);
        var far = rooms.Select(room => ben.Http.SendAsync($"PUT /api/rooms/{room.Id}/read", new { seq = 9 })).ToArray();
        foreach (var room in rooms) await cat.ReadAsync(room, 14);
        var moved = 0;
        for (var i = 0; i < rooms.Length; i++)
        {
            var status = (int)(await far[i]).StatusCode;
            status.ShouldBeOneOf(204, 429);
            if (status == 204) moved++;
            var state = await ben.StateAsync(rooms[i]);
            state.ReadSeq.ShouldBe(status == 204 ? 9 : 0);
            state.Unread.ShouldBe(status == 204 ? 4 : 8);
            (await cat.StateAsync(rooms[i])).Unread.ShouldBe(0);
        }

        moved.ShouldBePositive();
        await own.ShouldBalanceAsync(rooms);
    }

    private async Task<(Person Ann, Person Ben, Room Room)> PairAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        return (ann, ben, await ann.MakeRoomAsync(members: ben.Id));
    }

    private static async Task<long?[]> UnreadByAsync(Person person, Room room) =>
        [.. (await person.HistoryAsync(room)).Where(x => x.Kind == "message").Select(x => x.UnreadBy)];
}
