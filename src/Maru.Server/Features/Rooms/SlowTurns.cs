using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Rooms;

/// <summary>
/// Tidies when members of slow rooms wrote last: what no longer matters goes. The commit of messages writes it. Inside a write to the room.
/// </summary>
internal static class SlowTurns
{
    private const long Second = 1000;

    /// <summary>Sets who may write. A slower room counts from the messages that it knows of: those since slow mode was turned on.</summary>
    public static void Change(RoomTransaction transaction, WriteRules rules)
    {
        if (rules == transaction.Rules) return;
        transaction.SetRules(rules);
        transaction.Execute(
            "DELETE FROM slow_turns WHERE room_id = @room AND at <= @over",
            new { room = transaction.Room.Value, over = Over(transaction) });
    }

    /// <summary>Called when a member goes: the wait of one who comes back at once is not over.</summary>
    public static void Leave(RoomTransaction transaction, UserId user)
    {
        if (transaction.Rules.SlowMode == 0) return;
        transaction.Execute(
            "DELETE FROM slow_turns WHERE room_id = @room AND user_id = @user AND at <= @over",
            new { room = transaction.Room.Value, user = user.Value, over = Over(transaction) });
    }

    /// <summary>Returns the time up to which turns are over.</summary>
    private static long Over(RoomTransaction transaction) => transaction.At - (transaction.Rules.SlowMode * Second);
}
