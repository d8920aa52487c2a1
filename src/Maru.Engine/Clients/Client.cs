using System.Diagnostics.CodeAnalysis;
using Maru.Engine.Connections;
using Maru.Engine.Lanes;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Problems;
using Maru.Engine.Rooms;

namespace Maru.Engine.Clients;

/// <summary>
/// A user at the other end of a connection, whatever its protocol: the rooms they may use, their subscriptions, and what they send. The
/// connection's one reader calls it; lanes report outcomes. Split by subject into <c>Client.*.cs</c>.
/// </summary>
internal sealed partial class Client(Connection connection, ClientParts parts) : IDraftOwner
{
    private SmallMap<RoomId, Membership> _memberships;

    public Connection Connection => connection;

    public string Transport => connection.Wire.Name;

    /// <summary>Signs the connection in as the token's user; returns the reason where it cannot, else null.</summary>
    public async Task<Refusal?> SignInAsync(string token)
    {
        Identity? identity = null;
        try
        {
            if (token.Length > 0)
                identity = await parts.Authenticator(token, connection.Address, parts.Stopping).ConfigureAwait(false);
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
        var hasEnded = parts.Connections.HasEnded(identity.Session) || identity.HasEnded?.Invoke() is true;
        return hasEnded ? new Refusal(Problem.SessionEnded) : null;
    }

    /// <summary>
    /// Returns the user's right to the room, which the client keeps; null: there is none, and the request was refused. Reads the store
    /// where it must.
    /// </summary>
    /// <param name="room">the room</param>
    /// <param name="ticket">the client's name for the request</param>
    /// <param name="transaction">the transaction that the request is a part of, or null</param>
    public ValueTask<Membership?> EnterAsync(RoomId room, Ticket ticket, Transaction? transaction = null) =>
        TryGetMembership(room, out var membership) ? new(membership) : new(LookUpAsync(room, ticket, transaction));

    /// <summary>Acknowledges a request that is done and of which nothing is stored.</summary>
    public void Acknowledge(Ticket ticket)
    {
        if (ticket.IsNone || connection.IsClosing) return;
        using var flush = new FlushList();
        connection.Acknowledge(ticket, flush);
    }

    /// <summary>Refuses a request, and the whole transaction that it is a part of.</summary>
    public void Refuse(Ticket ticket, Refusal refusal, Transaction? transaction = null)
    {
        transaction?.Spoil(refusal);
        using var flush = new FlushList();
        connection.Refuse(ticket, refusal, flush);
    }

    /// <summary>Called when the connection is gone; gives back everything.</summary>
    public void Leave()
    {
        connection.Outbox.Leave();
        parts.UserEvents.StopListening(connection);
        EndWatch();
        EndPublicRooms();
        foreach (var subscription in _subscriptions.Values())
        {
            var unsubscribing = new Unsubscribing(subscription, default);
            Bring(subscription.Room, unsubscribing, unsubscribing.Bytes);
            Uncount(subscription);
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

        if (membership is null) Refuse(ticket, Membership.None, transaction);
        else _memberships.Add(room, membership);
        return membership;
    }

    /// <summary>Refuses a request because the store could not be read.</summary>
    private void RefuseUnread(Exception e, Ticket ticket, Transaction? transaction = null)
    {
        // The server stops: whoever stops it closes the connection with the reason.
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

    /// <summary>
    /// Posts work to a room's lane. It counts as in flight until the lane has done it; completes when more may be in flight.
    /// </summary>
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
