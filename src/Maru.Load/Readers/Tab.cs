using Maru.Load.Clients;
using Maru.Load.Measuring;
using Maru.Load.Sockets;

namespace Maru.Load.Readers;

/// <summary>
/// One of a person's tabs: listens to their own events, over STOMP or as a stream, and comes and goes as the scenario asks.
/// </summary>
internal sealed class Tab(Listeners shared, Person person, bool isStream)
{
    public Task RunAsync(int node, CancellationToken ct) =>
        shared.RunAsync(node, ListenAsync, shared.Scenario.TabEvery > 0 ? Life : null, ct);

    private TimeSpan Life() => TimeSpan.FromSeconds(-Math.Log(1 - Random.Shared.NextDouble()) * shared.Scenario.TabEvery);

    private async Task<string> ListenAsync(Node node, Action opened, CancellationToken ct)
    {
        var log = person.NewTab();
        try
        {
            return isStream
                ? await EventSocket.ReadAsync(node, "/api/events", person.Token, -1, new SseReader(Begun, (type, _, data) => On(data)), ct)
                : await EventSocket.ReadAsync(node, person.Token, Begun, On, ct);
        }
        finally
        {
            log.EndedAt = Ticks.Now;
        }

        void Begun()
        {
            // A stream does not say where its snapshot ends.
            log.ReadyAt = Ticks.Now + (isStream ? Ticks.PerSecond : 0);
            opened();
        }

        void On(ReadOnlySpan<byte> json)
        {
            shared.Heard();
            var now = Ticks.Now;
            if (!Told.TryRead(json, now, out var room, out var told)) return;
            log.Tell(room, told);
            shared.HeardUnread(now);
        }
    }
}
