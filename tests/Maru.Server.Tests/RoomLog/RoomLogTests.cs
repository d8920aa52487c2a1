using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Storage;
using static Maru.Server.Tests.Kit.LogRig;

namespace Maru.Server.Tests.RoomLog;

/// <summary>What every store's room log does: see <see cref="IRoomLog"/>.</summary>
public sealed class RoomLogTests(MaruServer server) : IClassFixture<MaruServer>
{
    private readonly LogRig _log = new(server.Service<IRoomLog>());

    [Fact]
    public async Task Seqs_are_dense_in_every_room_in_the_order_of_drafts()
    {
        var ann = await server.SignUpAsync();
        var (one, two) = (await MakeRoomAsync(server, ann), await MakeRoomAsync(server, ann));
        var (first, second) = (one.Members[0], two.Members[0]);
        Draft[] drafts = [Say(first, "a"), Say(second, "b"), Say(first, "c"), Say(second, "d"), Say(first, "e")];
        _log.Append(drafts);
        drafts.Select(x => (x.Seq, x.Refusal?.Problem, x.IsRepeat))
            .ShouldBe([(1, null, false), (1, null, false), (2, null, false), (2, null, false), (3, null, false)]);
        _log.Append(Say(second, "f"));
        (await _log.ReadAsync(one.Room)).ShouldBe(["1 a", "2 c", "3 e"]);
        (await _log.ReadAsync(two.Room)).ShouldBe(["1 b", "2 d", "3 f"]);
    }

    [Fact]
    public async Task A_repeat_gets_the_first_seq_and_writes_nothing()
    {
        var (room, members) = await MakeRoomAsync(server, await server.SignUpAsync(), await server.SignUpAsync("bob"));
        var (ann, bob) = (members[0], members[1]);
        Draft[] drafts = [Say(ann, "a", "k"), Say(ann, "a", "k"), Say(bob, "b", "k"), Say(ann, "c", "kk")];
        _log.Append(drafts);
        drafts.Select(x => (x.Seq, x.IsRepeat)).ShouldBe([(1, false), (1, true), (2, false), (3, false)]);
        var (again, other) = (Say(ann, "a", "k"), Say(ann, "something else", "k"));
        var reply = Say(ann, "a", "k", replyTo: 1);
        _log.Append(again, other, reply, Say(ann, "d"));
        (again.Seq, again.IsRepeat).ShouldBe((1, true));
        other.Refusal?.Problem.ShouldBe(Problem.KeyReused);
        reply.Refusal?.Problem.ShouldBe(Problem.KeyReused);
        (await _log.ReadAsync(room)).ShouldBe(["1 a", "2 b", "3 c", "4 d"]);
    }

    [Fact]
    public async Task A_part_that_is_one_is_appended_whole_or_leaves_nothing()
    {
        var ann = await server.SignUpAsync();
        var (one, two) = (await MakeRoomAsync(server, ann), await MakeRoomAsync(server, ann));
        var (here, there) = (one.Members[0], two.Members[0]);
        var undone = Together(Say(here, "x", "k1"), Say(there, "y", "k2"), Say(there, "z", replyTo: 99));
        var (before, after) = (Say(here, "before"), Say(here, "after"));
        _log.Append(before, undone, after);
        undone.Messages[2].Refusal?.Problem.ShouldBe(Problem.Invalid);
        (before.Seq, after.Seq).ShouldBe((1, 2));

        // Its keys were not used.
        var done = Together(Say(here, "other", "k1"), Say(there, "other", "k2"), Say(here, "o"));
        _log.Append(done);
        done.Messages.Select(x => (x.Refusal?.Problem, x.IsRepeat, x.Seq)).ShouldBe([(null, false, 3), (null, false, 1), (null, false, 4)]);
        (await _log.ReadAsync(one.Room)).ShouldBe(["1 before", "2 after", "3 other", "4 o"]);
        (await _log.ReadAsync(two.Room)).ShouldBe(["1 other"]);
    }

    [Fact]
    public async Task A_reply_is_to_a_message_of_the_room()
    {
        var ann = await server.SignUpAsync();
        var (one, two) = (await MakeRoomAsync(server, ann), await MakeRoomAsync(server, ann));
        var (here, there) = (one.Members[0], two.Members[0]);
        Draft[] drafts =
        [
            Say(here, "a"), Say(here, "to a", replyTo: 1), Say(here, "to nothing", replyTo: 3), Say(there, "to another room's", replyTo: 1),
        ];
        _log.Append(drafts);
        drafts.Select(x => x.Refusal?.Problem).ShouldBe([null, null, Problem.Invalid, Problem.Invalid]);
        _log.Append(Change(here));
        var (toChange, toMessage) = (Say(here, "to a change", replyTo: 3), Say(here, "to a message", replyTo: 2));
        _log.Append(toChange, toMessage);
        toChange.Refusal?.Problem.ShouldBe(Problem.Invalid);
        toMessage.Seq.ShouldBe(4);
    }

    [Fact]
    public async Task A_write_comes_behind_the_messages_and_is_undone_alone_when_it_is_refused()
    {
        var (room, members) = await MakeRoomAsync(server, await server.SignUpAsync());
        var ann = members[0];
        Draft[] drafts = [Change(ann), Say(ann, "a"), Change(ann, Problem.Forbidden), Change(ann), Say(ann, "b")];
        _log.Append(drafts);
        drafts.Select(x => (x.Refusal?.Problem, x.Seq)).ShouldBe([(null, 3), (null, 1), (Problem.Forbidden, 0), (null, 4), (null, 2)]);
        (await _log.ReadAsync(room)).ShouldBe(["1 a", "2 b", "3 room.changed", "4 room.changed"]);
        (await DescriptionAsync(room)).ShouldBe("++");
        List<Entry> entries = [];
        foreach (var draft in drafts) draft.CopyEntries(entries);
        entries.Select(x => x.Seq).Order().ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public async Task A_write_that_fails_undoes_the_batch_and_the_next_one_goes_on()
    {
        var (room, members) = await MakeRoomAsync(server, await server.SignUpAsync());
        var ann = members[0];
        _log.Append(Say(ann, "a"));
        Should.Throw<InvalidOperationException>(
            () => _log.Append(Say(ann, "b", "k"), Change(ann), Change(ann, failure: new InvalidOperationException("a bug"))));
        (await _log.ReadAsync(room)).ShouldBe(["1 a"]);
        (await DescriptionAsync(room)).ShouldBe("");
        var next = Say(ann, "c", "k");
        _log.Append(next);
        (next.Seq, next.IsRepeat).ShouldBe((2, false));
    }

    [Fact]
    public async Task There_is_nothing_to_append_to_in_a_room_that_does_not_exist()
    {
        var (room, members) = await MakeRoomAsync(server, await server.SignUpAsync());
        var nowhere = new Elsewhere(new RoomId(room + 1_000_000), members[0].User);
        Draft[] drafts = [Say(nowhere, "a"), Change(nowhere), Say(members[0], "b")];
        _log.Append(drafts);
        drafts.Select(x => x.Refusal?.Problem).ShouldBe([Problem.NotFound, Problem.NotFound, null]);
    }

    [Fact]
    public async Task Pages_of_the_log_are_bounded_and_never_empty_while_there_is_more()
    {
        var (room, members) = await MakeRoomAsync(server, await server.SignUpAsync());
        var ann = members[0];
        _log.Append([.. Enumerable.Range(1, 9).Select(i => Say(ann, $"m{i}"))]);
        (await _log.ReadAsync(room, after: 3, last: 6)).ShouldBe(["4 m4", "5 m5", "6 m6"]);
        (await _log.ReadAsync(room, after: 3, maxBytes: 1)).ShouldBe(["4 m4"]);
        (await _log.ReadAsync(room, after: 7)).ShouldBe(["8 m8", "9 m9"]);
        (await _log.ReadAsync(room, after: 9)).ShouldBeEmpty();
        (await _log.ReadAsync(room + 1_000_000)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Heads_and_memberships_are_as_of_the_last_commit()
    {
        var (ann, bob) = (await server.SignUpAsync(), await server.SignUpAsync("bob"));
        var (room, members) = await MakeRoomAsync(server, ann);
        var log = server.Service<IRoomLog>();
        (await log.ReadMembershipAsync(new RoomId(room), new UserId(ann.Id), Ct)).ShouldBe(new MembershipState(true, 0));
        _log.Append(Say(members[0], "a"), Say(members[0], "b"));
        (await log.ReadMembershipAsync(new RoomId(room), new UserId(ann.Id), Ct)).ShouldBe(new MembershipState(true, 2));
        (await log.ReadMembershipAsync(new RoomId(room), new UserId(bob.Id), Ct)).ShouldBe(new MembershipState(false, 2));
        (await log.ReadMembershipAsync(new RoomId(room + 1_000_000), new UserId(ann.Id), Ct)).ShouldBe(new MembershipState(false, 0));
        if (!log.IsShared) return;
        var heads = await log.ReadHeadsAsync([new RoomId(room), new RoomId(room + 1_000_000)], Ct);
        heads.ShouldBe(new Dictionary<RoomId, long> { [new RoomId(room)] = 2 });
    }

    private async Task<string?> DescriptionAsync(long room) =>
        await server.Service<Database>().FirstAsync<string>("SELECT description FROM rooms WHERE id = @room", new { room }, Ct);
}
