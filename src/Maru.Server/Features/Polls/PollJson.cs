using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Engine.Log;
using Maru.Server.Features.Messages;

namespace Maru.Server.Features.Polls;

/// <summary>
/// A poll as JSON, as its message's row has it: so whoever reads messages has it without another statement. The rows of
/// <c>poll_votes</c> say who voted; both change in one transaction under the room's lock. Any thread.
/// </summary>
internal static class PollJson
{
    public static Poll Read(string json) =>
        JsonSerializer.Deserialize(json, MessagesJson.Default.Poll) ?? throw new JsonException("a poll is null");

    /// <summary>Writes it as everybody sees it: without whatever is the reader's own.</summary>
    public static byte[] Write(Poll poll)
    {
        var json = JsonScratch.BeginObject();
        WriteOptions(json.Writer, poll, withTexts: true);
        json.Writer.WriteBoolean("multiple"u8, poll.Multiple);
        json.Writer.WriteBoolean("anonymous"u8, poll.Anonymous);
        json.Writer.WriteNumber("voters"u8, poll.Voters);
        WriteTime(json.Writer, "closesAt"u8, poll.ClosesAt);
        WriteTime(json.Writer, "closedAt"u8, poll.ClosedAt);
        return json.EndObject();
    }

    /// <summary>Writes what the entry of a change tells.</summary>
    /// <param name="voter">who voted, for <paramref name="options"/>; null: not told</param>
    public static byte[] Detail(Poll poll, UserId? voter = null, IReadOnlyList<long>? options = null)
    {
        var json = JsonScratch.BeginObject();
        WriteOptions(json.Writer, poll, withTexts: false);
        json.Writer.WriteNumber("voters"u8, poll.Voters);
        WriteTime(json.Writer, "closedAt"u8, poll.ClosedAt);
        if (voter is { } user)
        {
            json.Writer.WriteStartObject("vote"u8);
            json.Writer.WriteNumber("userId"u8, user.Value);
            json.Writer.WriteStartArray("options"u8);
            foreach (var id in options ?? []) json.Writer.WriteNumberValue(id);
            json.Writer.WriteEndArray();
            json.Writer.WriteEndObject();
        }

        return json.EndObject();
    }

    private static void WriteOptions(Utf8JsonWriter writer, Poll poll, bool withTexts)
    {
        writer.WriteStartArray("options"u8);
        foreach (var option in poll.Options)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id"u8, option.Id);
            if (withTexts) writer.WriteString("text"u8, option.Text);
            writer.WriteNumber("votes"u8, option.Votes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteTime(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset? at)
    {
        if (at is { } time) MessageJson.WriteTime(writer, name, time.ToUnixTimeMilliseconds());
    }
}
