using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using static Maru.Testing.LogRig;

namespace Maru.Testing;

/// <summary>The tests that every room log passes, whatever the store: see <see cref="IRoomLog"/>.</summary>
public abstract class RoomLogContract
{
    protected abstract IRoomLog Log { get; }

    private LogRig Rig => new(Log);

    [Fact]
    public async Task Seqs_are_dense_in_every_room_in_the_order_of_drafts()
    {
        var (one, two) = ((await MakeRoomAsync())[0], (await MakeRoomAsync())[0]);
        Draft[] drafts = [Say(one, "a"), Say(two, "b"), Say(one, "c"), Say(two, "d"), Say(one, "e")];
        await Rig.AppendAsync(drafts);
        drafts.ShouldAllBe(x => x.Refusal == null && !x.IsRepeat);
        drafts.Select(x => x.Seq).ShouldBe([1, 1, 2, 2, 3]);
        await Rig.AppendAsync(Say(two, "f"));
        (await ReadAsync(one)).ShouldBe(["1 a", "2 c", "3 e"]);
        (await ReadAsync(two)).ShouldBe(["1 b", "2 d", "3 f"]);
    }

    [Fact]
    public async Task Messages_are_numbered_and_nothing_else_is()
    {
        var ann = (await MakeRoomAsync())[0];
        await Rig.AppendAsync(Say(ann, "a", "k"), Change(ann));
        var refused = Together(Say(ann, "b"), Say(ann, "c", replyTo: 99));
        Draft[] drafts = [Say(ann, "a", "k"), refused, Say(ann, "to nothing", replyTo: 99), Change(ann, Problem.Forbidden), Change(ann)];
        await Rig.AppendAsync(drafts);
        await Rig.AppendAsync(Together(Say(ann, "d"), Say(ann, "e")), Say(ann, "f"));
        (string, long)[] log = [("a", 1), ("room.changed", 1), ("room.changed", 1), ("d", 2), ("e", 3), ("f", 4)];
        (await Rig.NumbersAsync(ann.RoomId.Value)).ShouldBe(log);
        (await Log.ReadMembershipAsync(ann.RoomId, ann.User, Ct)).Head.ShouldBe(new RoomHead(6, 4));
    }

    [Fact]
    public async Task Entries_are_told_with_the_numbers_that_they_are_read_with()
    {
        var ann = (await MakeRoomAsync())[0];
        Draft[] drafts = [Say(ann, "a"), Say(ann, "b"), Change(ann)];
        await Rig.AppendAsync(drafts);
        List<Entry> told = [];
        foreach (var draft in drafts) draft.CopyEntries(told);
        told.Select(x => (x.Seq, x.Number)).ShouldBe([(1, 1), (2, 2), (3, 2)]);
        (await Log.ReadAsync(ann.RoomId, 0, 99, int.MaxValue, Ct)).Select(x => (x.Seq, x.Number)).ShouldBe([(1, 1), (2, 2), (3, 2)]);
    }

    [Fact]
    public async Task A_repeat_gets_the_first_seq_and_writes_nothing()
    {
        var (ann, bob) = await MakeRoomAsync(2) is [var first, var second] ? (first, second) : throw new InvalidOperationException();
        Draft[] drafts = [Say(ann, "a", "k"), Say(ann, "a", "k"), Say(bob, "b", "k"), Say(ann, "c", "kk")];
        await Rig.AppendAsync(drafts);
        drafts.Select(x => (x.Seq, x.IsRepeat)).ShouldBe([(1, false), (1, true), (2, false), (3, false)]);
        var (again, other) = (Say(ann, "a", "k"), Say(ann, "something else", "k"));
        var reply = Say(ann, "a", "k", replyTo: 1);
        await Rig.AppendAsync(again, other, reply, Say(ann, "d"));
        (again.Seq, again.IsRepeat).ShouldBe((1, true));
        (other.Refusal?.Problem).ShouldBe(Problem.KeyReused);
        (reply.Refusal?.Problem).ShouldBe(Problem.KeyReused);
        (await ReadAsync(ann)).ShouldBe(["1 a", "2 b", "3 c", "4 d"]);
    }

    [Fact]
    public async Task A_part_that_is_one_is_appended_whole_or_leaves_nothing()
    {
        var (here, there) = ((await MakeRoomAsync())[0], (await MakeRoomAsync())[0]);
        var undone = Together(Say(here, "x", "k1"), Say(there, "y", "k2"), Say(there, "z", replyTo: 99));
        var (before, after) = (Say(here, "before"), Say(here, "after"));
        await Rig.AppendAsync(before, undone, after);
        (undone.Messages[2].Refusal?.Problem).ShouldBe(Problem.Invalid);
        (before.Seq, after.Seq).ShouldBe((1, 2));

        // Its keys were not used.
        var done = Together(Say(here, "other", "k1"), Say(there, "other", "k2"), Say(here, "o"));
        await Rig.AppendAsync(done);
        done.Messages.Select(x => (x.Refusal?.Problem, x.IsRepeat, x.Seq)).ShouldBe([(null, false, 3), (null, false, 1), (null, false, 4)]);
        (await ReadAsync(here)).ShouldBe(["1 before", "2 after", "3 other", "4 o"]);
        (await ReadAsync(there)).ShouldBe(["1 other"]);
    }

    [Fact]
    public async Task What_was_refused_before_the_log_saw_it_is_left_out_and_undoes_its_transaction()
    {
        var ann = (await MakeRoomAsync())[0];
        var (alone, together) = (Say(ann, "a", "k"), Together(Say(ann, "b", "k"), Say(ann, "c")));
        alone.Refuse(Problem.NotFound);
        together.Messages[1].Refuse(Problem.NotFound);
        await Rig.AppendAsync(alone, together, Say(ann, "d", "k"));
        (alone.Refusal?.Problem).ShouldBe(Problem.NotFound);
        (await ReadAsync(ann)).ShouldBe(["1 d"]);
    }

    [Fact]
    public async Task A_reply_is_to_a_message_of_the_room()
    {
        var (here, there) = ((await MakeRoomAsync())[0], (await MakeRoomAsync())[0]);
        Draft[] drafts = [Say(here, "a"), Say(here, "to a", replyTo: 1), Say(here, "to b", replyTo: 3), Say(there, "to a", replyTo: 1)];
        await Rig.AppendAsync(drafts);
        drafts.Select(x => x.Refusal?.Problem).ShouldBe([null, null, Problem.Invalid, Problem.Invalid]);
        await Rig.AppendAsync(Change(here));
        var (toChange, toMessage) = (Say(here, "to a change", replyTo: 3), Say(here, "to a message", replyTo: 2));
        await Rig.AppendAsync(toChange, toMessage);
        (toChange.Refusal?.Problem).ShouldBe(Problem.Invalid);
        toMessage.Seq.ShouldBe(4);
    }

    [Fact]
    public async Task A_write_comes_behind_the_messages_and_is_undone_alone_when_it_is_refused()
    {
        var ann = (await MakeRoomAsync())[0];
        Draft[] drafts = [Change(ann), Say(ann, "a"), Change(ann, Problem.Forbidden), Change(ann), Say(ann, "b")];
        await Rig.AppendAsync(drafts);
        drafts.Select(x => (x.Refusal?.Problem, x.Seq)).ShouldBe([(null, 3), (null, 1), (Problem.Forbidden, 0), (null, 4), (null, 2)]);
        (await ReadAsync(ann)).ShouldBe(["1 a", "2 b", "3 room.changed", "4 room.changed"]);
        (await ChangesAsync(ann)).ShouldBe(2);
        List<Entry> entries = [];
        foreach (var draft in drafts) draft.CopyEntries(entries);
        entries.Select(x => x.Seq).Order().ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public async Task A_write_that_fails_undoes_the_batch_and_the_next_one_goes_on()
    {
        var ann = (await MakeRoomAsync())[0];
        await Rig.AppendAsync(Say(ann, "a"));
        Draft[] failing = [Say(ann, "b", "k"), Change(ann), Change(ann, failure: new InvalidOperationException("a bug"))];
        await Should.ThrowAsync<InvalidOperationException>(Rig.AppendAsync(failing));
        (await ReadAsync(ann)).ShouldBe(["1 a"]);
        (await ChangesAsync(ann)).ShouldBe(0);
        var next = Say(ann, "c", "k");
        await Rig.AppendAsync(next);
        (next.Seq, next.IsRepeat).ShouldBe((2, false));
    }

    [Fact]
    public async Task There_is_nothing_to_append_to_in_a_room_that_does_not_exist()
    {
        var ann = (await MakeRoomAsync())[0];
        var nowhere = new Elsewhere(ann.RoomId.Value + 1_000_000, ann.User.Value);
        Draft[] drafts = [Say(nowhere, "a"), Change(nowhere), Say(ann, "b")];
        await Rig.AppendAsync(drafts);
        drafts.Select(x => x.Refusal?.Problem).ShouldBe([Problem.NotFound, Problem.NotFound, null]);
    }

    [Fact]
    public async Task Pages_of_the_log_are_bounded_and_never_empty_while_there_is_more()
    {
        var ann = (await MakeRoomAsync())[0];
        var room = ann.RoomId.Value;
        await Rig.AppendAsync([.. Enumerable.Range(1, 9).Select(i => Say(ann, $"m{i}"))]);
        (await Rig.ReadAsync(room, after: 3, last: 6)).ShouldBe(["4 m4", "5 m5", "6 m6"]);
        (await Rig.ReadAsync(room, after: 3, maxBytes: 1)).ShouldBe(["4 m4"]);
        (await Rig.ReadAsync(room, after: 7)).ShouldBe(["8 m8", "9 m9"]);
        (await Rig.ReadAsync(room, after: 9)).ShouldBeEmpty();
        (await Rig.ReadAsync(room + 1_000_000)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Heads_and_memberships_are_as_of_the_last_commit()
    {
        var (ann, stranger) = ((await MakeRoomAsync())[0], (await MakeRoomAsync())[0].User);
        var (room, nowhere) = (ann.RoomId, new RoomId(ann.RoomId.Value + 1_000_000));
        (await Log.ReadMembershipAsync(room, ann.User, Ct)).ShouldBe(new MembershipState(true, new RoomHead(0, 0), 0));
        await Rig.AppendAsync(Say(ann, "a"), Change(ann), Say(ann, "b"));
        (await Log.ReadMembershipAsync(room, ann.User, Ct)).ShouldBe(new MembershipState(true, new RoomHead(3, 2), 0));
        (await Log.ReadMembershipAsync(room, stranger, Ct)).ShouldBe(new MembershipState(false, new RoomHead(3, 2), 0));
        (await Log.ReadMembershipAsync(nowhere, ann.User, Ct)).ShouldBe(default(MembershipState));
        if (!Log.IsShared) return;
        (await Log.ReadHeadsAsync([room, nowhere], Ct)).ShouldBe(new Dictionary<RoomId, RoomHead> { [room] = new(3, 2) });
    }

    /// <summary>Makes a new, empty room; returns its members' rights. Each member is in no other room.</summary>
    protected abstract Task<Right[]> MakeRoomAsync(int members = 1);

    /// <summary>
    /// Makes a change of the room that appends its own entry, unless it is refused or fails: it does so after it was written.
    /// </summary>
    protected abstract Draft Change(Right who, Problem? refusal = null, Exception? failure = null);

    /// <summary>Returns how many changes of the room have lasted.</summary>
    protected abstract Task<int> ChangesAsync(Right who);

    private Task<List<string>> ReadAsync(Right who) => Rig.ReadAsync(who.RoomId.Value);
}
