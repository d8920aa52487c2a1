using Maru.Engine.Codecs;

namespace Maru.Server.Platform.Http;

/// <summary>The last message of a page of messages of several rooms, which are ordered by time, room and seq.</summary>
internal sealed record MessageCursor(long At, long Room, long Seq)
{
    /// <summary>Before the first page.</summary>
    public static readonly MessageCursor Newest = new(long.MaxValue, long.MaxValue, long.MaxValue);

    /// <summary>Returns null where it is the cursor of another list.</summary>
    public static MessageCursor? Read(PageCursor cursor) =>
        cursor.Key.Split('.') is [var at, var room] && Number.TryRead(at, out var time) && Number.TryRead(room, out var id)
            ? new MessageCursor(time, id, cursor.Id)
            : null;

    public override string ToString() => new PageCursor(FormattableString.Invariant($"{At}.{Room}"), Seq).ToString();
}
