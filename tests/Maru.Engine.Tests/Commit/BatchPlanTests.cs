using Maru.Engine.Commit;
using Maru.Engine.Log;
using Maru.Engine.Rooms;

namespace Maru.Engine.Tests.Commit;

public sealed class BatchPlanTests
{
    [Fact]
    public async Task A_transaction_is_a_part_of_its_own_and_room_writes_come_last()
    {
        using var rig = new EngineRig();
        rig.Log.AddRoom(1, 7);
        rig.Log.AddRoom(2, 7);
        var rooms = new[] { await EnterAsync(rig, 1), await EnterAsync(rig, 2) };
        var leave = MemberDraft.Leaves(2, 7);
        Draft[] drafts =
            [Say(rooms[1]), leave, Say(rooms[0]), Say(rooms[1]), Say(rooms[1]), Say(rooms[0]), Say(rooms[1]), Say(rooms[0]), Say(rooms[1])];
        Draft[] queued = [.. drafts[..4], Together(drafts[4..6]), Together(drafts[6..8]), drafts[8]];
        var plan = new BatchPlan();
        for (var run = 0; run < 2; run++)
        {
            var parts = plan.Arrange([.. queued]);
            parts.Select(x => x.IsAtomic).ShouldBe([false, true, true, false]);
            parts.Select(
                x => string.Join(' ', x.Rooms.Select(y => $"{y.Room}:{string.Join(',', y.Drafts.Select(z => Array.IndexOf(drafts, z)))}")))
                .ShouldBe(["1:2 2:0,3", "1:5 2:4", "1:7 2:6", "2:8,1"]);
        }

        plan.Arrange([leave, .. drafts[2..4]]).ShouldHaveSingleItem().Rooms.Select(x => x.Drafts[^1]).ShouldBe([drafts[2], leave]);
    }

    private static async Task<Membership> EnterAsync(EngineRig rig, long room) =>
        (await rig.Engine.Rooms.EnterAsync(new RoomId(room), new UserId(7), TestContext.Current.CancellationToken)).ShouldNotBeNull();

    private static MessageDraft Say(Membership room) =>
        new(room, "{}"u8.ToArray(), new MessageBody { Text = "x"u8.ToArray() }, null, default, new DraftOutcome());

    private static TransactionDraft Together(Draft[] messages) => new([.. messages.Cast<MessageDraft>()], new DraftOutcome());
}
