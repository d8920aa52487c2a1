namespace Maru.Server.RoomLog;

/// <summary>
/// Which messages of a room a member sees, in SQL: all, or where the room hides its past from those who joined later, those behind their
/// join. Whatever shows messages, or takes a message's seq, asks this one question, of the member <c>me</c>.
/// </summary>
internal static class VisibleSql
{
    /// <summary>The seq up to which messages are hidden from the member; 0: none is.</summary>
    public const string HiddenUpTo =
        "(SELECT CASE v.history WHEN 'joined' THEN coalesce(me.join_seq, 0) ELSE 0 END FROM rooms v WHERE v.id = me.room_id)";

    /// <summary>True where the member sees the message <c>m</c>.</summary>
    public const string Message = $"m.seq > {HiddenUpTo}";
}
