using Maru.Engine.Log;
using Maru.Engine.Problems;

namespace Maru.Server.Tests.RoomLog;

/// <summary>The log of the store that the tests run on.</summary>
public sealed class RoomLogTests(MaruServer server) : RoomLogContract, IClassFixture<MaruServer>
{
    protected override IRoomLog Log => server.Service<IRoomLog>();

    protected override async Task<Right[]> MakeRoomAsync(int members = 1)
    {
        List<Person> people = [];
        for (var i = 0; i < members; i++) people.Add(await server.SignUpAsync());
        return (await StoredRooms.MakeRoomAsync([.. people])).Members;
    }

    protected override Draft Change(Right who, Problem? refusal = null, Exception? failure = null) =>
        StoredRooms.Change(who, refusal, failure);

    protected override Task<int> ChangesAsync(Right who) => StoredRooms.ChangesAsync(server, who);
}
