using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.RoomLog;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Maru.Server.Tests.Cluster;

/// <summary>
/// Two nodes on one store and one bus; one of them writes kinds of entries that the other does not know, as during a rolling upgrade.
/// </summary>
public sealed class NewerKindTests
{
    private static readonly EntryKind Pinned = new(40, "message.pinned");
    private static readonly EntryKind Muted = new(41, "room.muted");
    private static readonly EntryKind Opened = new(42, "poll.opened") { Shown = Shown.AsSystem };

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task What_a_newer_node_writes_keeps_its_place_for_the_clients_of_an_older_one(int redis)
    {
        var log = new LogBook();
        await using var cluster = await ClusterRig.StartAsync(nodes: 1, redis: redis, settings: redis > 0 ? ClusterRig.BusOnly : []);
        string[] warnings = ["--Logging:LogLevel:Default=Warning", "--Logging:LogLevel:Maru.Server.Storage.Postgres.PostgresPromises=None"];
        await cluster.AddNodeAsync(services => services.AddSingleton<ILoggerProvider>(log), warnings);
        await using var talk = await Talk.BeginAsync(cluster, overTheBus: redis > 0);
        var said = await talk.Ann.SayAsync(talk.Room, "before");
        (await WriteAsync(cluster[0], talk, said.Seq)).ShouldBeNull();
        var after = await talk.Ann.SayAsync(talk.Room, "after");

        // Live: over the bus as the newer node tells it, from the store without what this node cannot know.
        string[] told = ["message.created", "message.pinned", "room.muted", "poll.opened", "message.created"];
        string[] read = ["message.created", "unknown", "unknown", "unknown", "message.created"];
        (await HearAsync(talk.Hers, said.Seq)).Select(x => x.Type).ShouldBe(told);
        (await HearAsync(talk.His, said.Seq)).Select(x => x.Type).ShouldBe(redis > 0 ? told : read);

        // Read again from the store, on a node where nobody was in the room.
        var third = await cluster.AddNodeAsync();
        await using var resumed = await StompSocket.ConnectAsync(third.Address, talk.Ben.AccessToken);
        await resumed.SubscribeAsync(talk.Room.Id, after: said.Seq - 1);
        var events = await HearAsync(resumed, said.Seq);
        events.Select(x => x.Type).ShouldBe(read);
        events[1].Text.ShouldBe($$"""{"type":"unknown","roomId":{{talk.Room.Id}},"seq":{{said.Seq + 1}},"target":{{said.Seq}}}""");
        events[2].Text.ShouldBe($$"""{"type":"unknown","roomId":{{talk.Room.Id}},"seq":{{said.Seq + 2}}}""");
        events[3].Json.GetProperty("message").GetProperty("kind").GetString().ShouldBe("unknown");

        // The history shows what is shown, and says of no kind what it is not.
        var history = (await talk.Ben.Http.SendAsync($"GET /api/rooms/{talk.Room.Id}/messages?after={said.Seq - 1}").Read<MessagePage>())
            .Items;
        history.Select(x => (x.Seq, x.Kind, x.Event))
            .ShouldBe([(said.Seq, "message", null), (said.Seq + 3, "unknown", null), (after.Seq, "message", null)]);
        await talk.Ben.Http.SendAsync($"PATCH /api/rooms/{talk.Room.Id}/messages/{said.Seq + 3}", new { text = "mine" })
            .ShouldRefuse(Problem.NotEditable);
        (await talk.Ben.SayAsync(talk.Room, "goes on")).Seq.ShouldBe(after.Seq + 1);
        log.Lines.ShouldBeEmpty();
    }

    private static Task<Problem?> WriteAsync(MaruServer newer, Talk talk, long target) => RoomWrite.RunAsync(
        newer.Service<ChatEngine>(),
        new RoomId(talk.Room.Id),
        new UserId(talk.Ann.Id),
        transaction =>
        {
            transaction.AppendChange(Pinned, new UserId(talk.Ann.Id), target);
            transaction.AppendChange(Muted, new UserId(talk.Ann.Id), null);
            transaction.AppendSystem(Opened, new UserId(talk.Ann.Id), null);
            return null;
        });

    /// <summary>Five entries of the room, which follow each other.</summary>
    private static async Task<List<Frame>> HearAsync(StompSocket socket, long first)
    {
        List<Frame> heard = [];
        for (var i = 0; i < 5; i++)
            heard.Add(await socket.TakeAsync(frame => frame.Command == "MESSAGE" && frame["seq"].Length > 0, $"entry {i}"));
        heard.Select(x => x.Seq).ShouldBe(Enumerable.Range(0, 5).Select(x => first + x));
        return heard;
    }
}
