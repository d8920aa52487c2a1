using Maru.Engine.Bus;
using Maru.Engine.People;

namespace Maru.Engine.Tests.Kit;

/// <summary>
/// A node whose store says at once what presence asks of it: who hides, and whom somebody may see, which is everybody but who hides and
/// strangers. Users from 1 to 99 know each other.
/// </summary>
internal sealed class PresenceRig : IDisposable
{
    public PresenceRig(IBus? bus = null, Action<EngineOptions>? set = null, HashSet<UserId>? hidden = null)
    {
        Hidden = hidden ?? [];
        Rig = new EngineRig(
            options =>
            {
                (options.PingAfter, options.SlowClientTimeout) = (TimeSpan.FromHours(1), TimeSpan.FromHours(1));
                set?.Invoke(options);
            },
            bus);
        Rig.Log.AddRoom(1, [.. Enumerable.Range(1, 99).Select(x => (long)x)]);
        Presence.Sight = (viewer, people, _) => Task.FromResult<IReadOnlyList<SeenPerson>>(
            [.. people.Where(x => x.Value < 100 && !Hidden.Contains(x) && !Hidden.Contains(viewer)).Select(x => new SeenPerson(x, 0))]);
        Presence.Wanted += Read;
    }

    public EngineRig Rig { get; }

    public Presence Presence => Rig.Engine.Presence;

    /// <summary>Those who hide, in the store.</summary>
    public HashSet<UserId> Hidden { get; }

    /// <summary>True while the store says nothing.</summary>
    public bool IsStoreAway { get; set; }

    /// <summary>Lets time pass, round by round.</summary>
    public void Pass(double seconds)
    {
        for (var passed = 0.0; passed < seconds; passed += 0.25) Rig.Time.Advance(0.25);
    }

    public PresenceState StateOf(long user) => Presence.StateOf(new UserId(user));

    public Task<StompClient> ConnectAsync(long user, MemorySink? sink = null) => Rig.ConnectAsync(user, sink: sink);

    /// <summary>A client that watches these people, and has read how they are.</summary>
    public async Task<StompClient> WatchAsync(long user, string people, MemorySink? sink = null)
    {
        var client = await ConnectAsync(user, sink);
        await WatchAsync(client, people);
        return client;
    }

    public async Task WatchAsync(StompClient client, string people, string id = "p")
    {
        await client.SendAsync($"SUBSCRIBE\nid:{id}\ndestination:/user/queue/presence\nusers:{people}\nreceipt:watch-{people}\n\n\0");
        await client.ReceiptAsync($"watch-{people}");
        Pass(0.25);
    }

    /// <summary>Makes the client say how its person is.</summary>
    public static Task SayAsync(StompClient client, string state) =>
        client.SendAsync($"SEND\ndestination:/app/presence\n\n{{\"state\":\"{state}\"}}\0");

    /// <summary>What the client was told: "7 online".</summary>
    public static string[] Told(StompClient client) =>
    [
        .. from frame in client.Messages
           where frame["destination"] == "/user/queue/presence"
           let json = System.Text.Json.JsonDocument.Parse(frame.Body).RootElement
           let seen = json.TryGetProperty("lastSeenAt", out _) ? " seen" : ""
           select $"{json.GetProperty("userId")} {json.GetProperty("state")}{seen}",
    ];

    public void Dispose() => Rig.Dispose();

    private void Read()
    {
        if (IsStoreAway) return;
        while (Presence.TakeUnread(100) is { Length: > 0 } users) Presence.TakeRead(users, Hidden);
        while (Presence.CheckAsync(CancellationToken.None).GetAwaiter().GetResult())
        {
            // until all are checked
        }
    }
}
