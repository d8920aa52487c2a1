using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.People;
using Maru.Engine.Problems;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.OwnSettings;

/// <summary>
/// Changes what members set for themselves, in the order of the room's own changes: a membership that ends never leaves any. The room's
/// log has nothing of it. What changed is told to the member's own clients. Any thread.
/// </summary>
internal sealed class OwnSettingsChanges(ChatEngine engine)
{
    /// <summary>Changes what is not null, and returns all of it; or the reason why not.</summary>
    public async Task<(RoomSettings? Settings, Problem? Problem)> ChangeAsync(RoomId room, UserId user, RoomSettingsChange change)
    {
        var (isChanged, settings) = (false, Row.None.ToSettings(0));
        var problem = await RoomWrite.RunAsync(engine, room, user, transaction =>
        {
            isChanged = false;
            if (transaction.First<Row>(
                """
                SELECT coalesce(ms.notify, 'all') AS notify, ms.mute_until, ms.hidden_number, coalesce(ms.favourite, 0) AS favourite
                FROM members me LEFT JOIN room_settings ms ON ms.user_id = me.user_id AND ms.room_id = me.room_id
                WHERE me.room_id = @room AND me.user_id = @user
                """,
                new { room = room.Value, user = user.Value }) is not { } before)
                return Problem.NotFound;
            var after = before.With(change, transaction);
            isChanged = after != before;
            if (isChanged) Store(transaction, user, after);
            settings = after.ToSettings(transaction.Messages);
            return null;
        });
        if (problem is not null) return (null, problem);
        if (isChanged) Tell(room, user, settings);
        return (settings, null);
    }

    private static void Store(RoomTransaction transaction, UserId user, Row row) => transaction.Execute(
        row == Row.None
            ? "DELETE FROM room_settings WHERE user_id = @user AND room_id = @room"
            : """
              INSERT INTO room_settings (user_id, room_id, notify, mute_until, hidden_number, favourite)
              VALUES (@user, @room, @Notify, @MuteUntil, @HiddenNumber, @Favourite)
              ON CONFLICT (user_id, room_id) DO UPDATE
              SET notify = @Notify, mute_until = @MuteUntil, hidden_number = @HiddenNumber, favourite = @Favourite
              """,
        new { user = user.Value, room = transaction.Room.Value, row.Notify, row.MuteUntil, row.HiddenNumber, row.Favourite });

    /// <summary>Tells the member's clients. Settings are a state, so the last event counts.</summary>
    private void Tell(RoomId room, UserId user, RoomSettings settings)
    {
        var json = EventJson.RoomSettings(
            room, settings.Notify, settings.Hidden, settings.Favourite, settings.MuteUntil?.ToUnixTimeMilliseconds() ?? 0);
        engine.UserEvents.Publish(user, new UserEvent(json, $"settings:{room}") { IsRare = true });
    }

    private sealed record Row(string Notify, long? MuteUntil, long? HiddenNumber, long Favourite)
    {
        public static readonly Row None = new(SettingsRow.All, null, null, 0);

        /// <summary>Returns what the change makes of it, without what is over: a room that shows again is not hidden any more.</summary>
        public Row With(RoomSettingsChange change, RoomTransaction transaction)
        {
            var until = change.ChangesMuteUntil ? change.MuteUntil?.ToUnixTimeMilliseconds() : MuteUntil;
            var hidden = HiddenNumber >= transaction.Messages ? HiddenNumber : null;
            return new Row(
                change.Notify ?? Notify,
                until > transaction.At ? until : null,
                change.Hidden switch { true => hidden ?? transaction.Messages, false => null, null => hidden },
                change.Favourite switch { true => 1, false => 0, null => Favourite });
        }

        public RoomSettings ToSettings(long messages) =>
            SettingsRow.Of(Notify, MuteUntil, HiddenNumber >= messages ? 1 : 0, Favourite)!;
    }
}
