using Maru.Engine.Problems;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Hostile;

/// <summary>Somebody who moves positions in as many rooms as they can name.</summary>
public sealed class ReadPositionTests
{
    private const int MostOfUser = 2000;

    [Fact]
    public async Task Who_has_as_many_moves_waiting_as_one_may_is_refused_and_others_are_not()
    {
        var time = new ManualTime();
        await using var server = await MaruServer.StartAsync(time, null);
        var (ann, eve) = (await server.SignUpAsync("ann"), await server.SignUpAsync("eve"));
        var room = await ann.MakeRoomAsync("room", "private", null, eve.Id);
        await using var socket = await eve.ListenAsync();
        await socket.SubscribeAsync("/user/queue/errors", "errors");
        await ReadAsync(socket, room.Id, "first");
        await socket.ReceiptAsync("first");     // until the clock goes on no further batch begins
        for (var i = 0; i < MostOfUser; i++) await ReadAsync(socket, 1_000_000 + i, $"{i}");
        await ReadAsync(socket, 1_000_000 + MostOfUser, "one more");
        await ReadAsync(socket, 1_000_000, "again");        // goes with the one that waits
        var refusal = await socket.RefusalAsync();
        (refusal["receipt-id"], refusal.Type).ShouldBe(("one more", Problem.RateLimited.Slug));
        await eve.Http.SendAsync($"PUT /api/rooms/{room.Id}/read", new { seq = 1 }).ShouldRefuse(Problem.RateLimited);
        var hers = ann.ReadAsync(room, 1);
        await Deadline.Until(
            () =>
            {
                time.Advance(0.02);
                return hers.IsCompleted;
            },
            "another member's move");
        await hers;
        for (var i = 0; i <= MostOfUser; i++) (await socket.RefusalAsync()).Type.ShouldBe(Problem.NotFound.Slug);
    }

    private static Task ReadAsync(StompSocket socket, long room, string receipt) =>
        socket.SendAsync("SEND", "{\"seq\":1}", ("destination", $"/app/rooms/{room}/read"), ("receipt", receipt));
}
