using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.People;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Contacts;

/// <summary>Tells people's own clients, on every node, what became of their contacts. Called after the commit. Any thread.</summary>
internal sealed class ContactEvents(ChatEngine engine)
{
    public void Changed(UserId user, UserRow other, string state, string? nickname) =>
        Tell(user, other.Id, EventJson.ContactChanged(new UserId(other.Id), state, other.ToJson(), nickname));

    /// <summary>The other one is told no more than that it is gone, whoever ended it and how.</summary>
    public void Gone(UserId user, UserId other) => Tell(user, other.Value, EventJson.ContactChanged(other, null, [], null));

    /// <summary>Sends the event. What somebody is to a person is a state, so the last event counts.</summary>
    private void Tell(UserId user, long other, byte[] json) =>
        engine.UserEvents.Publish(user, new UserEvent(json, $"contact:{other}") { IsRare = true });
}
