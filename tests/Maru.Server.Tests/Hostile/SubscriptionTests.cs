using Maru.Engine.Problems;

namespace Maru.Server.Tests.Hostile;

/// <summary>Somebody who subscribes as often, and under names as long, as they can.</summary>
public sealed class SubscriptionTests
{
    private const int Sockets = 4;
    private const int Each = 1000;

    [Fact]
    public async Task Names_of_subscriptions_fill_no_memory()
    {
        using var folder = new Folder();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, users: 2, rooms: 1);
        await using var server = await MaruProcess.StartAsync(folder);
        await using var member = await StompSocket.ConnectAsync(server.Address, tokens[1]);
        var before = server.ResidentBytes;
        List<StompSocket> hostile = [];
        for (var i = 0; i < Sockets; i++)
        {
            var socket = await StompSocket.ConnectAsync(server.Address, tokens[0]);
            hostile.Add(socket);
            await socket.SubscribeAsync("/user/queue/errors", "errors");
            for (var n = 0; n < Each; n++)
            {
                var id = $"{n}-{new string('x', 15_000)}";
                await socket.SendAsync("SUBSCRIBE", "", ("destination", $"/topic/rooms/{rooms[0]}"), ("id", id));
            }

            for (var n = 0; n < Each; n++) (await socket.RefusalAsync()).Type.ShouldBe(Problem.Invalid.Slug);
            (await member.SayAndWaitAsync(rooms[0], "meanwhile")).Seq.ShouldBePositive();
        }

        (server.ResidentBytes - before).ShouldBeLessThan(64L * 1024 * 1024);
        foreach (var socket in hostile) await socket.DisposeAsync();
    }

    [Fact]
    public async Task An_account_has_so_many_subscriptions_however_many_connections_it_opens()
    {
        await using var server = await MaruServer.StartAsync(
            "--Maru:Engine:MaxSubscriptionsPerUser=150", "--Maru:Engine:MaxSubscriptions=100");
        var eve = await server.SignUpAsync("eve");
        List<string> refused = [];
        List<StompSocket> hostile = [];
        for (var i = 0; i < 3; i++)
        {
            var socket = await StompSocket.ConnectAsync(server.Address, eve.AccessToken);
            hostile.Add(socket);
            await socket.SubscribeAsync("/user/queue/errors", "errors");
            var room = await Features.Rooms.Chat.MakeRoomAsync(eve);
            for (var n = 0; n < 99; n++)
                await socket.SendAsync("SUBSCRIBE", "", ("destination", $"/topic/rooms/{room.Id}"), ("id", $"{n}"), ("receipt", $"{n}"));
            for (var n = 0; n < 99; n++)
            {
                var answer = await socket.TakeAsync(x => x["receipt-id"] == $"{n}", $"the answer to {n}");
                if (answer.Command != "RECEIPT") refused.Add(answer.Type);
            }
        }

        refused.Count.ShouldBe((3 * 99) - 150);
        refused.ShouldAllBe(x => x == Problem.TooManySubscriptions.Slug);
        foreach (var socket in hostile) await socket.DisposeAsync();
    }
}
