using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.RoomLog;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;
using static Maru.Testing.LogRig;

namespace Maru.Server.Tests.Kit;

/// <summary>The rooms with which a <see cref="LogRig"/> works on a server's store.</summary>
internal static class StoredRooms
{
    /// <summary>Makes a room; returns its members' rights.</summary>
    public static async Task<(long Room, Right[] Members)> MakeRoomAsync(params Person[] people)
    {
        var room = await people[0].MakeRoomAsync(members: [.. people.Skip(1).Select(x => x.Id)]);
        return (room.Id, Array.ConvertAll(people, x => (Right)new Elsewhere(room.Id, x.Id)));
    }

    /// <summary>Makes a change of the room that appends its own entry, unless it is refused or fails.</summary>
    public static RoomWrite Change(Right who, Problem? refusal = null, Exception? failure = null) => new(
        who.RoomId,
        who.User,
        transaction =>
        {
            transaction.Execute("UPDATE rooms SET description = description || '+' WHERE id = @Value", transaction.Room);
            transaction.AppendSystem(EntryKind.RoomChanged, who.User, null, "{}"u8.ToArray());
            if (failure is not null) throw failure;
            return refusal;
        },
        new Awaiter());

    /// <summary>Returns how many of those changes have lasted.</summary>
    public static async Task<int> ChangesAsync(MaruServer server, Right who)
    {
        var store = server.Service<Database>();
        return (await store.FirstAsync<string>("SELECT description FROM rooms WHERE id = @Value", who.RoomId, Ct))?.Length ?? 0;
    }
}
