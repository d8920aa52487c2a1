namespace Maru.Server.Platform.Sockets;

/// <summary>
/// A reader's turn: what one connection may read on a thread before it gives way to the others. The event loop goes on reading a socket for
/// as long as its bytes arrive; without turns, one sender that never pauses holds the loop and all other sockets of it. Whoever has used up
/// their turn goes on through the <see cref="ReadQueue"/>. A turn ends by itself when another connection is read on the same thread, so
/// it costs no memory and no clock, and an ordinary client never meets its end. Any thread; each thread has its own.
/// </summary>
internal static class Turn
{
    public const int Bytes = 64 * 1024;

    /// <summary>Frames: of WebSocket, control frames included, and of STOMP, blank lines included. They take 0.1 to 10 us each.</summary>
    public const int Frames = 256;

    /// <summary>Reads of an HTTP connection: a request is one at least. They take 20 us and more.</summary>
    public const int Reads = 16;

    [ThreadStatic]
    private static object? Reader;

    [ThreadStatic]
    private static double Used;     // share of the turn

    /// <summary>Counts what a reader has read; returns whether its turn is over.</summary>
    /// <param name="reader">one and the same object for all that is read of a connection: its peer, or its listener</param>
    public static bool IsOver(object reader, int bytes, int frames) =>
        IsOver(reader, ((double)bytes / Bytes) + ((double)frames / Frames));

    /// <summary>Counts one read of an HTTP connection; returns whether its turn is over.</summary>
    public static bool IsOver(object reader) => IsOver(reader, 1.0 / Reads);

    /// <summary>Called before a thread goes on with another reader.</summary>
    public static void End() => Reader = null;

    private static bool IsOver(object reader, double share)
    {
        if (Reader != reader) (Reader, Used) = (reader, 0);
        Used += share;
        return Used > 1;
    }
}
