using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Bus;

namespace Maru.Server.Features.Rooms;

/// <summary>
/// Tells people's own connections, on every node, which rooms they have come to and lost. Called after the commit; who is away reads the list later. Any thread.
/// </summary>
internal sealed class RoomNews(ChatEngine engine, RoomStore rooms, News news) : INewsReader
{
    /// <param name="users">who is in now</param>
    /// <param name="room">as they see it</param>
    public void Added(IEnumerable<long> users, Room room)
    {
        long[] people = [.. users];
        var json = AddedJson(room);
        foreach (var user in people) Send(user, json);
        news.Tell(new Fact(Fact.RoomAdded, people) { Room = room.Id });
    }

    public void Removed(IReadOnlyList<long> users, RoomId room)
    {
        SendRemoved(users, room.Value);
        news.Tell(new Fact(Fact.RoomRemoved, users) { Room = room.Value });
    }

    public async Task HearAsync(Fact fact, CancellationToken ct)
    {
        if (fact.Type == Fact.RoomRemoved) SendRemoved(fact.Users, fact.Room);
        if (fact.Type != Fact.RoomAdded) return;
        foreach (var user in fact.Users)
        {
            // What has changed since is told by news of its own.
            if (!engine.Connections.IsOnline(new UserId(user))) continue;
            if (await rooms.FindAsync(new RoomId(fact.Room), new UserId(user), ct) is { IsMember: true } row) Send(user, AddedJson(row.ToRoom()));
        }
    }

    private static byte[] AddedJson(Room room) => EventJson.RoomAdded(new RoomId(room.Id), JsonSerializer.SerializeToUtf8Bytes(room, RoomJson.Events.Room));

    private void SendRemoved(IReadOnlyList<long> users, long room)
    {
        var json = EventJson.RoomRemoved(new RoomId(room));
        foreach (var user in users) Send(user, json);
    }

    private void Send(long user, byte[] json) => engine.Connections.Send(new UserId(user), json);
}
