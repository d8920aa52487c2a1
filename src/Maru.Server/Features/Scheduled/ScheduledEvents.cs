using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.People;

namespace Maru.Server.Features.Scheduled;

/// <summary>
/// Tells a person's own clients of their scheduled messages. None takes the place of another: they may be told in another order than they
/// came to be, and clients go by the versions. Any thread.
/// </summary>
internal sealed class ScheduledEvents(ChatEngine engine)
{
    public void Changed(ScheduledRow row)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(row.ToMessage(), ScheduledJson.Events.ScheduledMessage);
        engine.UserEvents.Publish(row.User, new UserEvent(EventJson.ScheduledChanged(row.Room, row.Id, json)));
    }

    public void Cancelled(UserId user, RoomId room, long id) =>
        engine.UserEvents.Publish(user, new UserEvent(EventJson.ScheduledChanged(room, id, default)));

    public void Sent(ScheduledRow row, long seq) =>
        engine.UserEvents.Publish(row.User, new UserEvent(EventJson.ScheduledSent(row.Room, row.Id, seq)));

    /// <param name="row">as it was before</param>
    /// <param name="slug">of the problem</param>
    public void Failed(ScheduledRow row, string slug) =>
        engine.UserEvents.Publish(row.User, new UserEvent(EventJson.ScheduledFailed(row.Room, row.Id, row.Version + 1, slug)));
}
