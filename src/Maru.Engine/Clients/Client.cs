using System.Diagnostics.CodeAnalysis;
using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Rooms;

namespace Maru.Engine.Clients;

/// <summary>
/// A user at the other end of a connection, whatever its protocol: which rooms they may use, what they subscribed to, what they send. Calls
/// come from the one reader of the connection, outcomes from lanes. Split by subject into <c>Client.*.cs</c>.
/// </summary>
internal sealed partial class Client(Connection connection, ClientParts parts) : IDraftOwner
{
    private SmallMap<RoomId, Membership> _memberships;

    public Connection Connection => connection;

    /// <summary>Makes the connection the token's user's; else says why not.</summary>
    public async Task<Refusal?> SignInAsync(string token)
    {
        Identity? identity;
        try
        {
            identity = token.Length == 0 ? null : await parts.Authenticator(token, parts.Stopping).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            parts.Diagnostics.ReadFailed(e);
            return Problem.Unavailable;
        }

        return identity is null ? new Refusal(Problem.Unauthenticated) : SignIn(identity);
    }

    /// <inheritdoc cref="SignInAsync"/>
    /// <param name="identity">of a token that was accepted</param>
    public Refusal? SignIn(Identity identity)
    {
        var user = parts.Connections.TryBind(connection, identity);
        if (user is null) return new Refusal(Problem.TooManyConnections, "This account has as many connections as it may.");
        connection.SignIn(identity, user);
        return parts.Connections.HasEnded(identity.Session) ? new Refusal(Problem.SessionEnded) : null;
    }

    /// <summary>
    /// The user's right to the room, which the client keeps; null: there is none, and the request was refused. Reads the store where it
    /// must.
    /// </summary>
    /// <param name="room">which</param>
    /// <param name="ticket">what the client named the request</param>
    /// <param name="transaction">of which the request is a part, or null</param>
    public ValueTask<Membership?> EnterAsync(RoomId room, Ticket ticket, Transaction? transaction = null) =>
        TryGetMembership(room, out var membership) ? new(membership) : new(LookUpAsync(room, ticket, transaction));

    /// <summary>Answers a request that is done and of which nothing is stored.</summary>
    public void Acknowledge(Ticket ticket)
    {
        if (ticket.IsNone || connection.IsClosing) return;
        using var flush = new FlushList();
        connection.Acknowledge(ticket, flush);
    }

    /// <summary>Refuses a request, and with it all of its transaction.</summary>
    public void Refuse(Ticket ticket, Refusal refusal, Transaction? transaction = null)
    {
        transaction?.Spoil(refusal);
        using var flush = new FlushList();
        connection.Refuse(ticket, refusal, flush);
    }

    /// <summary>The connection is gone: gives back everything.</summary>
    public void Leave()
    {
        connection.Outbox.Leave();
        foreach (var subscription in _subscriptions.Values())
        {
            var unsubscribing = new Unsubscribing(subscription, default);
            Bring(subscription.Room, unsubscribing, unsubscribing.Bytes);
        }

        foreach (var membership in _memberships.Values()) RoomTable.Leave(membership);
        _subscriptions.Clear();
        _memberships.Clear();
        parts.Connections.Close(connection);
    }

    private bool TryGetMembership(RoomId room, [NotNullWhen(true)] out Membership? membership) =>
        _memberships.TryGet(room, out membership) && membership.IsActive;

    private async Task<Membership?> LookUpAsync(RoomId room, Ticket ticket, Transaction? transaction)
    {
        if (_memberships.Remove(room, out var former)) RoomTable.Leave(former);
        if (_memberships.Count >= parts.Options.MaxRooms) LeaveLost();
        if (_memberships.Count >= parts.Options.MaxRooms)
        {
            Refuse(ticket, new Refusal(Problem.TooManySubscriptions, $"A connection may use {parts.Options.MaxRooms} rooms."), transaction);
            return null;
        }

        Membership? membership;
        try
        {
            membership = await parts.Rooms.EnterAsync(room, connection.User!.Id, parts.Stopping).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            RefuseUnread(e, ticket, transaction);
            return null;
        }

        if (membership is null) Refuse(ticket, new Refusal(Problem.NotFound, "There is no such room, or you are no member."), transaction);
        else _memberships.Add(room, membership);
        return membership;
    }

    /// <summary>The store could not be read.</summary>
    private void RefuseUnread(Exception e, Ticket ticket, Transaction? transaction = null)
    {
        // The server stops: the client is told so by whoever stops it.
        if (parts.Stopping.IsCancellationRequested)
        {
            transaction?.Spoil(Problem.ShuttingDown);
            return;
        }

        parts.Diagnostics.ReadFailed(e);
        Refuse(ticket, Problem.Unavailable, transaction);
    }

    /// <summary>Gives back the rooms that the user has lost.</summary>
    private void LeaveLost()
    {
        foreach (var membership in _memberships.Values())
        {
            if (!membership.IsActive && _memberships.Remove(membership.Room.Id, out _)) RoomTable.Leave(membership);
        }
    }

    /// <summary>Brings work to a room's lane. It is in flight until the lane has done it; ends when more may be.</summary>
    private ValueTask Post(Room room, LaneWork work, int bytes)
    {
        Bring(room, work, bytes);
        return WithinBound();
    }

    private void Bring(Room room, LaneWork work, int bytes)
    {
        connection.InFlight.Take(bytes);
        if (!room.Lane.Post(work)) connection.InFlight.Return(bytes);
    }

    private ValueTask WithinBound() => connection.InFlight.IsOver ? new(connection.InFlight.WhenWithinAsync()) : default;
}
