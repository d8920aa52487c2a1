using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Features.Messages;

namespace Maru.Server.Features.Scheduled;

/// <summary>A row of <c>scheduled</c>.</summary>
/// <param name="At">unix milliseconds</param>
/// <param name="ReplyTo">a seq, or 0</param>
/// <param name="Files">as its owner sees them, a JSON array; null: none</param>
internal sealed record ScheduledRow(
    long Id, long UserId, long RoomId, long At, string Text, long ReplyTo, string? ClientKey, long ContentHash, long Version,
    string? Failed, string? Files)
{
    public const string Select =
        """
        SELECT id, user_id, room_id, at, text, coalesce(reply_to, 0) AS reply_to, client_key, coalesce(content_hash, 0) AS content_hash,
          version, failed, files
        FROM scheduled
        """;

    public RoomId Room => new(RoomId);

    public UserId User => new(UserId);

    private SentFile[]? SentFiles => Files is null ? null : JsonSerializer.Deserialize(Files, ScheduledJson.Default.SentFileArray);

    /// <summary>Returns the hash of what must be equal for a repeated key to mean the same.</summary>
    public static long HashOf(string text, long at, long replyTo, IReadOnlyList<long> files)
    {
        var ids = files.Count == 0 ? "" : $"{string.Join(',', files)}\0";      // no text has that character
        return BinaryPrimitives.ReadInt64LittleEndian(
            SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{at} {replyTo} {ids}{text}"))));
    }

    public MessageBody ToBody()
    {
        var text = Encoding.UTF8.GetBytes(Text);
        return new MessageBody
        {
            Text = text,
            ReplyTo = ReplyTo,
            Files = [.. (SentFiles ?? []).Select(file => file.Id)],
            Mentions = MentionScan.Find(text),
        };
    }

    public ScheduledMessage ToMessage() => new(
        Id, RoomId, Text, DateTimeOffset.FromUnixTimeMilliseconds(At), Version, ReplyTo > 0 ? ReplyTo : null, ClientKey, Failed, SentFiles);
}
