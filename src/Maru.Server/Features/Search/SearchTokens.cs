using System.Globalization;
using System.Text.Json;
using Maru.Engine.Log;

namespace Maru.Server.Features.Search;

/// <summary>The tokens of a message: of its text and the names of its files, and those by which filters find it. Any thread.</summary>
internal static class SearchTokens
{
    // Behind a private character: no text has such a token.
    public const string HasFile = "\uE001f";
    public const string HasLink = "\uE001l";
    private const string RoomMark = "\uE002";
    private const string SenderMark = "\uE003";
    private const string MentionMark = "\uE004";

    public static string Room(long id) => Of(RoomMark, id);

    public static string Sender(long id) => Of(SenderMark, id);

    public static string Mention(long id) => Of(MentionMark, id);

    public static bool HasALink(string text) =>
        text.Contains("https://", StringComparison.OrdinalIgnoreCase) || text.Contains("http://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns what the index is to have after an entry; null: it changes nothing that is searched for.</summary>
    public static IndexedMessage? Read(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Body);
        if (!json.RootElement.TryGetProperty("message", out var message)) return null;
        if (message.GetProperty("kind").GetString() is not ("message" or "poll")) return null;
        var (room, seq) = (message.GetProperty("roomId").GetInt64(), message.GetProperty("seq").GetInt64());
        var at = message.GetProperty("at").GetDateTimeOffset().ToUnixTimeMilliseconds();
        HashSet<string> tokens = [];
        if (!message.TryGetProperty("deletedAt", out _)) Add(message, room, tokens);
        return new IndexedMessage(seq, at, tokens);
    }

    private static void Add(JsonElement message, long room, HashSet<string> tokens)
    {
        var text = message.GetProperty("text").GetString() ?? "";
        Tokenizer.Add(FoldedText.Of(text).Text, tokens);
        foreach (var file in message.GetProperty("files").EnumerateArray())
        {
            tokens.Add(HasFile);
            Tokenizer.Add(FoldedText.Of(file.GetProperty("name").GetString() ?? "").Text, tokens);
        }

        if (HasALink(text)) tokens.Add(HasLink);
        tokens.Add(Room(room));
        tokens.Add(Sender(message.GetProperty("sender").GetProperty("id").GetInt64()));
        if (!message.TryGetProperty("mentions", out var mentions)) return;
        foreach (var mention in mentions.EnumerateArray())
        {
            // A mention of all is none of somebody by name.
            if (mention.TryGetProperty("userId", out var user)) tokens.Add(Mention(user.GetInt64()));
        }
    }

    private static string Of(string mark, long id) => string.Create(CultureInfo.InvariantCulture, $"{mark}{id}");
}
