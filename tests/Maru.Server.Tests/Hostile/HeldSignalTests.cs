using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Hostile;

/// <summary>Somebody who holds a signal in a transaction until they have lost the room that it is for.</summary>
public sealed class HeldSignalTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task A_held_signal_is_not_heard_after_its_sender_has_left()
    {
        var (ann, eve) = (await server.SignUpAsync("ann"), await server.SignUpAsync("eve"));
        var own = await eve.MakeRoomAsync();
        for (var round = 0; round < 25; round++)
        {
            var room = await ann.MakeRoomAsync(members: eve.Id);
            var signals = $"/topic/rooms/{room.Id}/signals/x";
            await using var listener = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
            await listener.SubscribeAsync(room.Id);
            await listener.SubscribeAsync(signals, "signals");
            await using var sender = await StompSocket.ConnectAsync(server.Address, eve.AccessToken);
            await sender.SubscribeAsync("/user/queue/errors", "errors");
            await sender.SendAsync("BEGIN", "", ("transaction", "t"));
            await sender.SendAsync("SEND", "held", ("destination", signals), ("transaction", "t"), ("receipt", "held"));
            await sender.ReceiptAsync("held");
            await sender.SendAsync(
                "SEND", """{"text":"stored"}""", ("destination", $"/app/rooms/{own.Id}/messages"), ("transaction", "t"));

            var removal = ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{eve.Id}").ShouldBe(204);
            await sender.SendAsync("COMMIT", "", ("transaction", "t"), ("receipt", "commit"));
            await removal;
            await sender.TakeAsync(x => x["receipt-id"] == "commit", "the outcome");
            await listener.SendAsync("SEND", "last", ("destination", signals));
            List<string> heard = [];
            while (heard is not [.., "last"])
            {
                var frame = await listener.MessageAsync();
                heard.Add(frame["subscription"] == "signals" ? frame.Text : frame.Type);
            }

            heard.SkipWhile(x => x != "member.left").ShouldBe(["member.left", "last"], $"round {round}");
        }
    }
}
