using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Maru.Engine;
using Maru.Engine.Log;

namespace Maru.Server.Features.Scheduled;

/// <summary>A row of <c>scheduled</c>.</summary>
/// <param name="At">unix milliseconds</param>
/// <param name="ReplyTo">a seq, or 0</param>
internal sealed record ScheduledRow(
    long Id, long UserId, long RoomId, long At, string Text, long ReplyTo, string? ClientKey, long ContentHash, long Version,
    string? Failed)
{
    public const string Select =
        """
        SELECT id, user_id, room_id, at, text, coalesce(reply_to, 0) AS reply_to, client_key, coalesce(content_hash, 0) AS content_hash,
          version, failed
        FROM scheduled
        """;

    public RoomId Room => new(RoomId);

    public UserId User => new(UserId);

    /// <summary>Returns the hash of what must be equal for a repeated key to mean the same.</summary>
    public static long HashOf(string text, long at, long replyTo) => BinaryPrimitives.ReadInt64LittleEndian(
        SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{at} {replyTo} {text}"))));

    public MessageBody ToBody()
    {
        var text = Encoding.UTF8.GetBytes(Text);
        return new MessageBody { Text = text, ReplyTo = ReplyTo, Mentions = MentionScan.Find(text) };
    }

    public ScheduledMessage ToMessage() => new(
        Id, RoomId, Text, DateTimeOffset.FromUnixTimeMilliseconds(At), Version, ReplyTo > 0 ? ReplyTo : null, ClientKey, Failed);
}
