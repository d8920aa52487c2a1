using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Maru.Engine.Codecs;

namespace Maru.Server.RoomLog;

/// <summary>
/// The reactions to a message as its row keeps them: each emoji with its count, in the order in which they first came, as in
/// <c>👍 2 🎉 1</c>. So whoever reads messages has them without another statement. The rows of <c>reactions</c> say who reacted; both
/// change in one transaction under the room's lock. One thread.
/// </summary>
internal sealed class ReactionCounts
{
    private readonly List<(string Emoji, long Count)> _counts = [];

    /// <summary>How many kinds of emoji there are.</summary>
    public int Kinds => _counts.Count;

    /// <param name="text">as in the row; null: none</param>
    public static ReactionCounts Read(string? text)
    {
        var counts = new ReactionCounts();
        var words = text?.Split(' ') ?? [];
        foreach (var pair in words.Chunk(2)) counts._counts.Add((pair[0], long.Parse(pair[1], CultureInfo.InvariantCulture)));
        return counts;
    }

    public bool Has(string emoji) => _counts.Exists(x => x.Emoji == emoji);

    /// <summary>Returns whether both count the same, in whatever order.</summary>
    public bool IsSame(ReactionCounts other) => _counts.Count == other._counts.Count && _counts.TrueForAll(other._counts.Contains);

    /// <summary>Counts one reaction more or less; returns how many there are then.</summary>
    public long Change(string emoji, bool added)
    {
        var i = _counts.FindIndex(x => x.Emoji == emoji);
        var count = (i < 0 ? 0 : _counts[i].Count) + (added ? 1 : -1);
        if (i < 0) _counts.Add((emoji, count));
        else if (count > 0) _counts[i] = (emoji, count);
        else _counts.RemoveAt(i);
        return count;
    }

    /// <summary>Returns the text for the row, null when there are none.</summary>
    public string? ToText() => Kinds == 0
        ? null
        : string.Join(' ', _counts.Select(x => string.Create(CultureInfo.InvariantCulture, $"{x.Emoji} {x.Count}")));

    /// <summary>Returns the <c>reactions</c> of a message as JSON.</summary>
    /// <param name="mine">the reader's own emoji, with spaces between; null: it goes to many readers, and says nothing of one</param>
    public byte[] ToJson(string? mine = null)
    {
        var own = mine?.Split(' ');
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        writer.WriteStartArray();
        foreach (var (emoji, count) in _counts)
        {
            writer.WriteStartObject();
            writer.WriteString("emoji"u8, emoji);
            writer.WriteNumber("count"u8, count);
            if (own is not null) writer.WriteBoolean("mine"u8, own.Contains(emoji));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
