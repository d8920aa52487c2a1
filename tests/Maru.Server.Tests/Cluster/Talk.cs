using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Cluster;

/// <summary>Ann at the first node, Ben at the second, in one room, both listening.</summary>
internal sealed record Talk(ClusterRig Cluster, Person Ann, Person Ben, Room Room, StompSocket Hers, StompSocket His) : IAsyncDisposable
{
    private const string Signal = "cursor";

    public static async Task<Talk> BeginAsync(ClusterRig cluster, bool overTheBus = true)
    {
        var (ann, ben) = (await cluster[0].SignUpAsync(), await cluster[0].SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        var talk = new Talk(cluster, ann, cluster.At(1, ben), room, await cluster.ConnectAsync(0, ann), await cluster.ConnectAsync(1, ben));
        foreach (var socket in (StompSocket[])[talk.Hers, talk.His])
        {
            await socket.SubscribeAsync("/user/queue/errors", "errors");
            await socket.SubscribeAsync(room.Id);
            await socket.SubscribeAsync($"/topic/rooms/{room.Id}/signals/{Signal}", "signals");
        }

        if (overTheBus) await cluster.ListenedAsync(room.Id);
        return talk;
    }

    /// <summary>Sends that many messages from each, at the same time; both receive all of them, in the order of the log, once.</summary>
    public async Task ExchangeAsync(int messages, int bytes = 10)
    {
        var text = new string('x', bytes);
        await Task.WhenAll(SayAsync(Hers), SayAsync(His));
        var (heard, other) = (await HearAsync(Hers, 2 * messages), await HearAsync(His, 2 * messages));
        heard.ShouldBe(other);
        heard.ShouldBe(Enumerable.Range(0, 2 * messages).Select(x => heard[0] + x));

        async Task SayAsync(StompSocket socket)
        {
            for (var i = 0; i < messages; i++) await socket.SayAsync(Room.Id, text);
        }
    }

    /// <summary>Returns the seqs of the next messages.</summary>
    public static async Task<long[]> HearAsync(StompSocket socket, int messages)
    {
        var seqs = new long[messages];
        for (var i = 0; i < messages; i++) seqs[i] = (await socket.EventAsync("message.created")).Seq;
        return seqs;
    }

    /// <summary>Waits until a signal of Ann's reaches Ben, which only the bus can bring: until then signals are lost.</summary>
    public Task SignalGetsThroughAsync() => Deadline.Until(
        async () =>
        {
            await SignalAsync(Hers, "hello?");
            return His.Inbox().Any(IsSignal);
        },
        "a signal over the bus");

    public Task SignalAsync(StompSocket socket, string text) =>
        socket.SendAsync("SEND", text, ("destination", $"/topic/rooms/{Room.Id}/signals/{Signal}"), ("shade", "blue"));

    public static bool IsSignal(Frame frame) => frame["subscription"] == "signals";

    /// <summary>Checks that no message came twice: of those that came, all were taken.</summary>
    public void ShouldHaveHeardAll()
    {
        foreach (var socket in (StompSocket[])[Hers, His])
            socket.Inbox().ShouldNotContain(
                frame => frame.Command == "MESSAGE" && frame["seq"].Length > 0 && frame.Type == "message.created");
    }

    public async ValueTask DisposeAsync()
    {
        await Hers.DisposeAsync();
        await His.DisposeAsync();
    }
}
