using Maru.Engine.Codecs;
using Maru.Server.Platform.Http;

namespace Maru.Server.Features.Mentions;

/// <summary>The last message of a page of mentions, which are ordered by time, room and seq.</summary>
internal sealed record MentionCursor(long At, long Room, long Seq)
{
    /// <summary>Before the first page.</summary>
    public static readonly MentionCursor Newest = new(long.MaxValue, long.MaxValue, long.MaxValue);

    /// <summary>Returns null where it is the cursor of another list.</summary>
    public static MentionCursor? Read(PageCursor cursor) =>
        cursor.Key.Split('.') is [var at, var room] && Number.TryRead(at, out var time) && Number.TryRead(room, out var id)
            ? new MentionCursor(time, id, cursor.Id)
            : null;

    public override string ToString() => new PageCursor(FormattableString.Invariant($"{At}.{Room}"), Seq).ToString();
}
