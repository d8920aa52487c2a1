using System.Text.Json;
using Maru.Server.Features.Rooms;

namespace Maru.Server.Tests.Features.Rooms;

/// <summary>What those who look at the list of public rooms hear.</summary>
internal static class LiveList
{
    public const string Quick = "--Maru:Engine:DiscoverEvery=00:00:00.2500000";

    /// <summary>A connection that hears what changes in the list from now on.</summary>
    public static async Task<StompSocket> LookAsync(this Person person)
    {
        var socket = await StompSocket.ConnectAsync(person.Http.BaseAddress!, person.AccessToken);
        await socket.SubscribeAsync("/topic/rooms", "list");
        return socket;
    }

    /// <summary>The same as a stream.</summary>
    public static async Task<EventStream> LookBySseAsync(this Person person, MaruServer server)
    {
        var stream = await EventStream.OpenAsync(server, "/api/rooms/events", person.AccessToken);
        (await stream.TypeAsync()).ShouldBe("rooms.reset");
        return stream;
    }

    /// <summary>Takes what is told of the room until it is as wanted; returns that.</summary>
    public static async Task<Room> ListedAsync(this StompSocket socket, long room, Func<Room, bool> isIt)
    {
        while (true)
        {
            var frame = await socket.NextAsync(room);
            frame.Type.ShouldBe("room.changed");
            frame["seq"].ShouldBeEmpty();
            if (RoomOf(frame.Json) is var state && isIt(state)) return state;
        }
    }

    /// <summary>Takes what is told of the room next.</summary>
    public static Task<Frame> NextAsync(this StompSocket socket, long room) =>
        socket.TakeAsync(frame => IsOf(frame, room), $"an event of room {room}");

    public static async Task UntilAsync(this EventStream stream, long room, Func<string, JsonElement, bool> isIt)
    {
        while (true)
        {
            var (_, type, json) = await stream.NextAsync();
            if (json.TryGetProperty("roomId", out var id) && id.GetInt64() == room && isIt(type, json)) return;
        }
    }

    public static bool IsOf(Frame frame, long room) =>
        frame["destination"] == "/topic/rooms" && frame.Json.TryGetProperty("roomId", out var id) && id.GetInt64() == room;

    public static Room RoomOf(JsonElement json) => json.GetProperty("room").Deserialize(RoomJson.Events.Room)!;
}
