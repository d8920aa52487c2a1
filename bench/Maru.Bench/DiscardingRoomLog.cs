using Maru.Engine;
using Maru.Engine.Log;

namespace Maru.Bench;

/// <summary>A store that costs nothing: it gives seqs, keeps nothing, and every user is a member.</summary>
internal sealed class DiscardingRoomLog : IRoomLog
{
    private readonly Dictionary<RoomId, RoomHead> _heads = [];

    public int Loops => 1;

    public bool IsShared => false;

    public ValueTask<IReadOnlyDictionary<RoomId, RoomHead>> ReadHeadsAsync(IReadOnlyList<RoomId> rooms, CancellationToken ct) =>
        throw new NotSupportedException();

    public void Append(IReadOnlyList<BatchPart> parts)
    {
        foreach (var part in parts)
        {
            foreach (var batch in part.Rooms)
            {
                _heads.TryGetValue(batch.Room, out var head);
                foreach (var draft in batch.Drafts)
                {
                    head = new RoomHead(head.Seq + 1, head.Messages + 1);
                    ((MessageDraft)draft).Committed(head, 1_900_000_000_000);
                }

                _heads[batch.Room] = head;
            }
        }
    }

    public ValueTask<MembershipState> ReadMembershipAsync(RoomId room, UserId user, CancellationToken ct) =>
        new(new MembershipState(true, default, Names: 0));

    public ValueTask<IReadOnlyList<Entry>> ReadAsync(RoomId room, long after, long last, int maxBytes, CancellationToken ct) =>
        new((IReadOnlyList<Entry>)[]);
}
