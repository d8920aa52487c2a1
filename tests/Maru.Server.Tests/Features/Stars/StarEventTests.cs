using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Stars;

/// <summary>What one client stars, the person's other clients hear, and nobody else.</summary>
public sealed class StarEventTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Ones_own_clients_hear_each_change_once_and_others_nothing()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync();
        var said = (await ann.SayAsync(room)).Seq;
        await ben.JoinAsync(room);
        await using var hers = await ann.ListenAsync();
        await using var his = await ben.ListenAsync();
        await his.SubscribeAsync(room.Id);
        await using var tab = await ann.ListenAsync();
        await ann.StarAsync(room, said);
        await ann.StarAsync(room, said);
        await ann.UnstarAsync(room, said);
        await ann.UnstarAsync(room, said);
        await ann.Http.SendAsync($"PUT {Starring.Address(room, 999)}").ShouldBe(404);
        await ann.StarAsync(room, said + 1);       // that Ben came
        foreach (var (seq, starred) in new[] { (said, true), (said, false), (said + 1, true) })
        {
            var told = $$"""{"type":"message.starred","roomId":{{room.Id}},"seq":{{seq}},"starred":{{(starred ? "true" : "false")}}}""";
            (await hers.EventAsync("message.starred")).Text.ShouldBe(told);
            (await tab.EventAsync("message.starred")).Text.ShouldBe(told);
        }

        await his.SyncAsync();
        his.Inbox().ShouldAllBe(frame => frame.Command != "MESSAGE" || !frame.Text.Contains("starred"));
    }
}
