using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.LinkPreviews;

/// <summary>Gives messages their previews and takes them away, through the room's log. Any thread.</summary>
internal sealed class PreviewChanges(ChatEngine engine)
{
    /// <summary>
    /// Adds previews to a message whose text is still the same, and tells those who see it. Nothing happens where it was edited, deleted or
    /// rid of its previews meanwhile, or where the room wants none.
    /// </summary>
    /// <param name="message">as it was when its links were read</param>
    /// <param name="links">all of its text, in their order</param>
    public Task AddAsync(
        RoomId room, long seq, LinkingMessage message, IReadOnlyList<string> links, IReadOnlyList<LinkPreview> previews)
    {
        var actor = new UserId(message.SenderId);
        return RoomWrite.RunAsync(engine, room, actor, transaction =>
        {
            var now = transaction.First<LinkingMessage>(LinkingMessage.Select, LinkingMessage.Key(room, seq));
            if (now?.Text != message.Text) return null;
            var shown = previews.Select(preview => IsThere(transaction, preview.Picture) ? preview : preview with { Picture = null });
            if (PreviewRows.Add(transaction, seq, now.Previews, links, shown))
                transaction.AppendChange(EntryKind.MessagePreview, actor, seq);
            return null;
        });
    }

    /// <summary>Takes the previews of a message away for good, as its sender, or as the room's owner or admin.</summary>
    public Task<Problem?> RemoveAsync(RoomId room, UserId user, long seq) => RoomWrite.RunAsync(engine, room, user, transaction =>
    {
        var message = transaction.First<MessageState>(
            $"""
            SELECT m.type, m.deleted_at, coalesce(m.previews, '') AS previews,
              CAST(CASE WHEN me.role IN ('owner', 'admin') OR m.sender_id = @user THEN 1 ELSE 0 END AS BIGINT) AS allowed
            FROM members me JOIN messages m ON m.room_id = me.room_id AND m.seq = @seq
            WHERE me.room_id = @room AND me.user_id = @user AND {VisibleSql.Message}
            """,
            new { room = room.Value, seq, user = user.Value });
        if (message is null) return Problem.NotFound;
        if (message.Allowed == 0) return Problem.Forbidden;
        if (!EntryKind.Of(message.Type).IsMessage || message.DeletedAt is not null || message.Previews == PreviewRows.Removed) return null;
        PreviewRows.Remove(transaction, seq);
        if (message.Previews.Length > 0) transaction.AppendChange(EntryKind.MessagePreview, user, seq);
        return null;
    });

    /// <summary>Returns whether the picture is kept; it is locked, so that none goes before its message shows it.</summary>
    private static bool IsThere(RoomTransaction transaction, PreviewPicture? picture) => picture is null || transaction.First<long>(
        "SELECT p.id FROM preview_pictures p WHERE p.id = @Id AND p.deleted_at IS NULL FOR UPDATE OF p", new { picture.Id }) > 0;

    /// <param name="Previews">empty: none</param>
    /// <param name="Allowed">1 where the user may take them away</param>
    private sealed record MessageState(long Type, long? DeletedAt, string Previews, long Allowed);
}
