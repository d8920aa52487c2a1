namespace Maru.Engine.People;

/// <summary>
/// Reads the events with which each subscription to a user's own events begins: their present state. It sees all that was committed before
/// the call. A change that is committed later is published later, and comes behind the snapshot: the newest event of a key is right.
/// </summary>
/// <param name="user">the user</param>
/// <param name="ct">cancelled when the server stops</param>
/// <returns>the events in the order in which they are sent; empty: there is nothing to tell</returns>
public delegate ValueTask<IReadOnlyList<UserEvent>> UserSnapshot(UserId user, CancellationToken ct);
