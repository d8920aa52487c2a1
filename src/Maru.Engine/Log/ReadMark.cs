using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Maru.Engine.Problems;

namespace Maru.Engine.Log;

/// <summary>Moves a user's position in a room; completes when that is durable (null), or with the reason why not. Any thread.</summary>
public delegate Task<Problem?> ReadMarker(RoomId room, UserId user, ReadMark mark);

/// <summary>How far a user has read in a room.</summary>
/// <param name="Seq">the newest entry that they have seen; one beyond the end of the log is the end</param>
/// <param name="IsBack">true: the position may move back, but not before they joined</param>
public readonly record struct ReadMark(long Seq, bool IsBack)
{
    private static readonly Refusal NotJson = new(Problem.Malformed, "The body must be a JSON object in UTF-8: {seq, unread?}.");

    /// <summary>Reads <c>{seq, unread?}</c>; false: <paramref name="refusal"/> says why not.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out ReadMark mark, [NotNullWhen(false)] out Refusal? refusal)
    {
        mark = default;
        refusal = Read(json, out var seq, out var isBack);
        if (refusal is null && seq < 0) refusal = new Refusal(Problem.Invalid, "seq must be the seq of an entry of the room, or 0.", "seq");
        if (refusal is null) mark = new ReadMark(seq, isBack);
        return refusal is null;
    }

    private static Refusal? Read(ReadOnlySpan<byte> json, out long seq, out bool isBack)
    {
        (seq, isBack) = (-1, false);
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return NotJson;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isSeq, isUnread) = (reader.ValueTextEquals("seq"u8), reader.ValueTextEquals("unread"u8));
                reader.Read();
                if (isSeq && (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out seq))) seq = -1;
                if (isUnread && reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
                    return new Refusal(Problem.Invalid, "unread must be true or false.", "unread");
                if (isUnread) isBack = reader.TokenType == JsonTokenType.True;
                reader.Skip();
            }

            return reader.Read() ? NotJson : null;
        }
        catch (JsonException)
        {
            return NotJson;
        }
    }
}
