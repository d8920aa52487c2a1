using Maru.Engine.Log;
using Maru.Engine.Problems;

namespace Maru.Engine.Tests.Log;

/// <summary>The log that the engine's tests stand on.</summary>
public sealed class MemoryRoomLogTests : RoomLogContract
{
    private readonly MemoryRoomLog _log = new() { IsShared = true };
    private long _ids;

    protected override IRoomLog Log => _log;

    protected override Task<Right[]> MakeRoomAsync(int members = 1)
    {
        var room = ++_ids;
        long[] users = [.. Enumerable.Range(0, members).Select(_ => ++_ids)];
        _log.AddRoom(room, users);
        return Task.FromResult(Array.ConvertAll(users, x => (Right)new Elsewhere(room, x)));
    }

    protected override Draft Change(Right who, Problem? refusal = null, Exception? failure = null) =>
        new RoomChange(who, refusal, failure);

    protected override Task<int> ChangesAsync(Right who) =>
        Task.FromResult(_log.Entries(who.RoomId.Value).Count(x => x.Kind == EntryKind.RoomChanged));

    private sealed class RoomChange(Right who, Problem? refusal, Exception? failure)
        : MemoryWrite(who.RoomId, who.User, new DraftOutcome())
    {
        protected override Problem? Write(HashSet<UserId> members, LogHead head)
        {
            var (seq, number) = head.Append(EntryKind.RoomChanged);
            Add(new Entry(Room, seq, EntryKind.RoomChanged, MemoryRoomLog.Body(seq, 40)) { Number = number });
            return failure is null ? refusal : throw failure;
        }
    }
}
