using Maru.Engine.Codecs;

namespace Maru.Engine.Protocols.Stomp;

internal enum DestinationKind : byte
{
    Unknown,

    /// <summary><c>/app/rooms/{room}/messages</c>, to send</summary>
    Messages,

    /// <summary><c>/app/rooms/{room}/read</c>, to send</summary>
    Read,

    /// <summary><c>/app/rooms/{room}/typing</c>, to send</summary>
    Typing,

    /// <summary><c>/app/presence</c>, to send</summary>
    OwnPresence,

    /// <summary><c>/user/queue/presence</c>, to subscribe</summary>
    Presence,

    /// <summary><c>/topic/rooms</c>, to subscribe</summary>
    PublicRooms,

    /// <summary><c>/topic/rooms/{room}</c>, to subscribe</summary>
    Room,

    /// <summary><c>/topic/rooms/{room}/signals/{name}</c>, both</summary>
    Signal,

    /// <summary><c>/user/queue/events</c>, to subscribe</summary>
    UserEvents,

    /// <summary><c>/user/queue/errors</c>, to subscribe</summary>
    UserErrors,
}

/// <summary>The names under which clients send and subscribe.</summary>
internal static class Destinations
{
    public const int LongestSignalName = 64;

    /// <summary>Takes a decoded destination apart; <paramref name="name"/> is a signal's, and lies inside it.</summary>
    public static DestinationKind Parse(ReadOnlySpan<byte> destination, out RoomId room, out ReadOnlySpan<byte> name)
    {
        room = default;
        name = default;
        if (destination.SequenceEqual("/user/queue/events"u8)) return DestinationKind.UserEvents;
        if (destination.SequenceEqual("/user/queue/errors"u8)) return DestinationKind.UserErrors;
        if (destination.SequenceEqual("/user/queue/presence"u8)) return DestinationKind.Presence;
        if (destination.SequenceEqual("/app/presence"u8)) return DestinationKind.OwnPresence;
        if (destination.SequenceEqual("/topic/rooms"u8)) return DestinationKind.PublicRooms;
        if (destination.StartsWith("/app/rooms/"u8))
        {
            if (!TryRoom(destination["/app/rooms/".Length..], out room, out var rest)) return DestinationKind.Unknown;
            if (rest.SequenceEqual("/messages"u8)) return DestinationKind.Messages;
            if (rest.SequenceEqual("/read"u8)) return DestinationKind.Read;
            return rest.SequenceEqual("/typing"u8) ? DestinationKind.Typing : DestinationKind.Unknown;
        }

        if (!destination.StartsWith("/topic/rooms/"u8) || !TryRoom(destination["/topic/rooms/".Length..], out room, out var tail))
            return DestinationKind.Unknown;
        if (tail.IsEmpty) return DestinationKind.Room;
        if (!tail.StartsWith("/signals/"u8)) return DestinationKind.Unknown;
        name = tail["/signals/".Length..];
        return name.Length is > 0 and <= LongestSignalName && !name.Contains((byte)'/') ? DestinationKind.Signal : DestinationKind.Unknown;
    }

    private static bool TryRoom(ReadOnlySpan<byte> text, out RoomId room, out ReadOnlySpan<byte> rest)
    {
        room = default;
        rest = default;
        var slash = text.IndexOf((byte)'/');
        var digits = slash < 0 ? text : text[..slash];
        if (!Number.TryRead(digits, out var number) || number == 0) return false;
        room = new RoomId(number);
        rest = text[digits.Length..];
        return true;
    }
}
