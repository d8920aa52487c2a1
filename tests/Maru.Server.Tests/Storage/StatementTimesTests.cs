using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Storage;

/// <summary>Which statements are timed.</summary>
public sealed class StatementTimesTests
{
    /// <summary>The times have one lock: it is for what is beside the path of messages.</summary>
    [Fact]
    public async Task The_statements_that_store_messages_are_not_timed()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        for (var i = 0; i < 10; i++) await socket.SayAndWaitAsync(room.Id, $"message {i}");
        await ann.SayAsync(room, "over HTTP");
        var timed = StatementTimes.List();
        timed.ShouldContain(x => x.Sql.Contains("FROM users", StringComparison.Ordinal));
        // The times are those of the process, in which other tests store entries of rooms: those answer nobody.
        timed.ShouldNotContain(x => x.Sql.Contains("INTO messages", StringComparison.Ordinal)
            && x.Sql.Contains("reply_to", StringComparison.Ordinal));
    }
}
