using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Engine.People;
using Maru.Engine.Problems;
using Maru.Engine.Rooms;

namespace Maru.Engine.Clients;

internal sealed partial class Client
{
    private static readonly string[] States = ["online", "away"];

    private PresenceWatch? _watch;

    /// <summary>
    /// Tells of these people from now on, instead of those before: first of each as they are. The response comes by the ticket.
    /// </summary>
    /// <param name="people">ids, with commas between them</param>
    /// <param name="key">the subscription as the client knows it; it may be the one before</param>
    /// <param name="ticket">the client's name for the request</param>
    public async ValueTask WatchAsync(string people, WireSubscription key, Ticket ticket)
    {
        if (key.Id != _watch?.Subscription.Id && !IsFree(key.Id, ticket)) return;
        var most = parts.Presence.Options.People;
        if (!PeopleList.TryRead(people, most, out var users))
        {
            Refuse(ticket, new Refusal(Problem.Invalid, PeopleList.Rule(most), "users"));
            return;
        }

        if (!parts.Presence.Rate.TryTake(connection.User!.Id.Value, users.Count))
        {
            Refuse(ticket, new Refusal(Problem.RateLimited, "You ask for more people a second than you may."));
            return;
        }

        try
        {
            EndWatch();
            _watch = await parts.Presence.WatchAsync(connection, key, users, parts.Stopping).ConfigureAwait(false);
            Acknowledge(ticket);
        }
        catch (Exception e)
        {
            RefuseUnread(e, ticket);
        }
    }

    /// <summary>
    /// Takes <c>{"state":"online"}</c> of a client whose person is there, <c>{"state":"away"}</c> of one whose person is not.
    /// </summary>
    public void TellState(ReadOnlySpan<byte> json, Ticket ticket, Transaction? transaction)
    {
        if (!IsAlone(ticket, transaction) || !MaySend(ticket, null)) return;
        if (!OneField.TryReadChoice(json, "state", States, out var state, out var refusal))
        {
            Refuse(ticket, refusal);
            return;
        }

        if (state == "away") parts.Presence.Idle(connection);
        Acknowledge(ticket);
    }

    /// <summary>
    /// Takes <c>{"typing":true}</c> of somebody who types in a room, <c>{"typing":false}</c> of somebody who has stopped.
    /// </summary>
    public ValueTask TypeAsync(RoomId room, ReadOnlySpan<byte> json, Ticket ticket, Transaction? transaction)
    {
        if (!IsAlone(ticket, transaction) || !MaySend(ticket, null)) return default;
        if (OneField.TryReadFlag(json, "typing", out var types, out var refusal)) return TypeAsync(room, types, ticket);
        Refuse(ticket, refusal);
        return default;
    }

    private async ValueTask TypeAsync(RoomId room, bool types, Ticket ticket)
    {
        if (await EnterAsync(room, ticket).ConfigureAwait(false) is not { } membership) return;
        var work = new SettingTyping(membership, types, connection, ticket);
        await Post(membership.Room, work, work.Bytes).ConfigureAwait(false);
    }

    private void EndWatch()
    {
        if (_watch is null) return;
        parts.Presence.End(_watch);
        _watch = null;
    }
}
