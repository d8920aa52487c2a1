using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Maru.Server.Platform.Text;

namespace Maru.Server.RoomLog;

/// <summary>
/// The previews of a message's links: the only place that knows their JSON, and that writes them and which pictures they show. What was
/// taken away for good is an empty array, which readers do not see.
/// </summary>
internal static class PreviewRows
{
    /// <summary>The beginning of the address of a picture.</summary>
    public const string PictureUrl = "/api/files/previews/pictures/";

    public const string Removed = "[]";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Returns what readers see of the column.</summary>
    public static ReadOnlySpan<byte> Shown(ReadOnlySpan<byte> previews) => previews.SequenceEqual("[]"u8) ? default : previews;

    /// <summary>Returns the links that have a preview already.</summary>
    public static IEnumerable<string> Links(string previews) => Read(previews).Select(LinkOf);

    /// <summary>Drops the previews of links that the text no longer has.</summary>
    /// <param name="previews">as they are; empty: none</param>
    public static void Keep(RoomTransaction transaction, long seq, string previews, string text)
    {
        if (previews is "" or Removed) return;
        var links = LinkScan.Find(text).Select(link => link.AbsoluteUri).ToHashSet();
        var before = Read(previews);
        var kept = Array.FindAll(before, preview => links.Contains(LinkOf(preview)));
        if (kept.Length < before.Length) Write(transaction, seq, kept);
    }

    /// <summary>Adds previews; false: there is nothing new.</summary>
    /// <param name="previews">as they are; empty: none</param>
    /// <param name="links">the links of the text, in their order</param>
    public static bool Add(
        RoomTransaction transaction, long seq, string previews, IEnumerable<string> links, IEnumerable<LinkPreview> added)
    {
        var all = Read(previews).ToDictionary(LinkOf);
        var before = all.Count;
        foreach (var preview in added) all.TryAdd(preview.Url, ToJson(preview));
        if (all.Count == before) return false;
        Write(transaction, seq, [.. links.Where(all.ContainsKey).Select(link => all[link])]);
        return true;
    }

    /// <summary>Returns the ids of the pictures that they show.</summary>
    public static IEnumerable<long> Pictures(string previews) => Read(previews).Select(PictureOf).OfType<long>();

    /// <summary>Takes them away for good.</summary>
    public static void Remove(RoomTransaction transaction, long seq) => Set(transaction, seq, Removed, []);

    private static void Write(RoomTransaction transaction, long seq, JsonObject[] previews) => Set(
        transaction,
        seq,
        previews.Length == 0 ? null : $"[{string.Join(',', previews.Select(preview => preview.ToJsonString(Plain)))}]",
        [.. previews.Select(PictureOf).OfType<long>().Distinct()]);

    private static void Set(RoomTransaction transaction, long seq, string? json, long[] pictures)
    {
        var room = transaction.Room.Value;
        transaction.Execute(
            """
            UPDATE messages SET previews = @json WHERE room_id = @room AND seq = @seq;
            DELETE FROM message_previews WHERE room_id = @room AND seq = @seq
            """,
            new { room, seq, json });
        foreach (var picture in pictures)
        {
            transaction.Execute(
                "INSERT INTO message_previews (room_id, seq, picture_id) VALUES (@room, @seq, @picture)", new { room, seq, picture });
        }
    }

    private static JsonObject[] Read(string previews) =>
        previews.Length == 0 ? [] : [.. JsonNode.Parse(previews)!.AsArray().Select(preview => preview!.AsObject())];

    private static string LinkOf(JsonObject preview) => preview["url"]!.GetValue<string>();

    private static long? PictureOf(JsonObject preview) => preview["image"]?["url"]?.GetValue<string>() is { } url
        ? long.Parse(url.AsSpan(PictureUrl.Length), CultureInfo.InvariantCulture)
        : null;

    private static JsonObject ToJson(LinkPreview preview)
    {
        var json = new JsonObject { ["url"] = preview.Url, ["title"] = preview.Title };
        if (preview.Description is not null) json["description"] = preview.Description;
        if (preview.SiteName is not null) json["siteName"] = preview.SiteName;
        if (preview.Picture is { } picture)
        {
            json["image"] = new JsonObject
            {
                ["url"] = string.Create(CultureInfo.InvariantCulture, $"{PictureUrl}{picture.Id}"),
                ["width"] = picture.Width,
                ["height"] = picture.Height,
            };
        }

        return json;
    }
}

/// <summary>What a link leads to.</summary>
/// <param name="Url">the link, normalised</param>
internal sealed record LinkPreview(string Url, string Title, string? Description, string? SiteName, PreviewPicture? Picture);

/// <param name="Width">pixels</param>
internal sealed record PreviewPicture(long Id, long Width, long Height);
