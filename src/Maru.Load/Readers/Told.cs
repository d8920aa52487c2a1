using System.Text.Json;

namespace Maru.Load.Readers;

/// <summary>What an <c>unread</c> event told.</summary>
/// <param name="At">the time of the read that brought it</param>
internal readonly record struct Told(long At, long Unread, long Mentions, long LastSeq)
{
    /// <summary>Reads an event's JSON; false: it is another event.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, long now, out long room, out Told told)
    {
        (room, told) = (0, default);
        var reader = new Utf8JsonReader(json);
        if (json.IndexOf("\"type\":\"unread\""u8) < 0 || !JsonDocument.TryParseValue(ref reader, out var document)) return false;
        using (document)
        {
            var root = document.RootElement;
            room = root.GetProperty("roomId").GetInt64();
            // A server without mentions says nothing of them.
            var mentions = root.TryGetProperty("mentions", out var number) ? number.GetInt64() : 0;
            told = new Told(now, root.GetProperty("unread").GetInt64(), mentions, root.GetProperty("lastSeq").GetInt64());
            return true;
        }
    }
}

/// <summary>What a tab showed while it had one connection. One writer; read once the run has stopped.</summary>
internal sealed class TabLog
{
    private readonly Dictionary<long, List<Told>> _rooms = [];

    /// <summary>From when a room of which nothing was told shows 0; never when it did not get so far.</summary>
    public long ReadyAt { get; set; } = long.MaxValue;

    public long EndedAt { get; set; } = long.MaxValue;

    public void Tell(long room, Told told)
    {
        if (!_rooms.TryGetValue(room, out var all)) _rooms.Add(room, all = []);
        all.Add(told);
    }

    /// <summary>Returns what it was told of a room.</summary>
    public IReadOnlyList<Told> Of(long room) => _rooms.TryGetValue(room, out var all) ? all : [];
}
