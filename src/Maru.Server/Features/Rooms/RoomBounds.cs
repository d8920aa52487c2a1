using System.Data.Common;
using System.Threading.RateLimiting;
using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Contacts;
using Maru.Server.Platform.Limits;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Rooms;

/// <summary>
/// Bounds how many rooms a user is in, and how many members a room has. Asked inside the transaction that has just added the members.
/// Others bring a user into at most half of the rooms that the user may be in, so that they always leave room for those of the user's own
/// choice. It reads an index up to the bound. Any thread.
/// </summary>
/// <remarks>
/// Exact where one transaction follows the other: on SQLite, and for rooms that one user makes. On PostgreSQL two commit loops do not see
/// each other's rows, so a user joins one room at a time; joins through several nodes at the same moment, or invitations by several people,
/// may pass together. A lock of the user's row would be exact, but two batches of messages could wait for each other's locks.
/// </remarks>
internal sealed class RoomBounds(RoomOptions options, ContactOptions contacts) : IDisposable
{
    private const int MostWaiting = 1000;

    private readonly UserTurns _turns = new(MostWaiting);

    // Returns a user who has more rooms than that.
    private const string Over =
        """
        SELECT u.id FROM users u
        WHERE u.id IN @users AND (SELECT 1 FROM members m WHERE m.user_id = u.id LIMIT 1 OFFSET @most) IS NOT NULL
        LIMIT 1
        """;

    // Returns a user who has more invitations than that.
    private const string OverInvited =
        """
        SELECT u.id FROM users u
        WHERE u.id IN @users AND (SELECT 1 FROM pending_members m WHERE m.user_id = u.id LIMIT 1 OFFSET @most) IS NOT NULL
        LIMIT 1
        """;

    /// <summary>Gives the user a turn to join a room, as a lease; refused when too many of the user's joins wait.</summary>
    public ValueTask<RateLimitLease> TakeTurnAsync(UserId user, CancellationToken ct) => _turns.TakeAsync(user, ct);

    /// <summary>Returns the refusal of those who came by themselves or were brought; null: they may.</summary>
    /// <param name="transaction">of the room that they came to</param>
    /// <param name="users">the users who are new</param>
    /// <param name="isOwnChoice">true when they came by themselves</param>
    public Problem? Refuse(RoomTransaction transaction, IReadOnlyList<long> users, bool isOwnChoice)
    {
        if (users.Count == 0) return null;
        if (transaction.First<long>(Over, new { users, most = Most(isOwnChoice) }) > 0) return Problem.TooManyRooms;
        if (options.MembersPerRoom == 0) return null;
        const string count = "SELECT member_count FROM rooms WHERE id = @room";
        return transaction.First<long>(count, new { room = transaction.Room.Value }) > options.MembersPerRoom ? Problem.RoomFull : null;
    }

    /// <summary>Returns the refusal of a new room; null: it may be.</summary>
    /// <param name="transaction">the transaction that made it</param>
    /// <param name="maker">the user who made it</param>
    /// <param name="others">those whom the maker brought in</param>
    /// <param name="ct">ends the wait for the store</param>
    public async Task<Problem?> RefuseAsync(DbTransaction transaction, long maker, IEnumerable<long> others, CancellationToken ct)
    {
        long[] users = [.. others];
        var (own, brought) = (new { users = (long[])[maker], most = Most(true) }, new { users, most = Most(false) });
        if (await transaction.FirstAsync<long>(Over, own, ct) > 0) return Problem.TooManyRooms;
        if (users.Length > 0 && await transaction.FirstAsync<long>(Over, brought, ct) > 0) return Problem.TooManyRooms;
        return options.MembersPerRoom > 0 && users.Length >= options.MembersPerRoom ? Problem.RoomFull : null;
    }

    /// <summary>Returns the refusal of those who were invited; null: none of them has too many invitations.</summary>
    public async Task<Problem?> RefuseInvitedAsync(DbTransaction transaction, long[] users, CancellationToken ct) =>
        await transaction.FirstAsync<long>(OverInvited, new { users, most = contacts.InvitationsToUser }, ct) > 0
            ? Problem.TooManyPending
            : null;

    /// <inheritdoc cref="RefuseInvitedAsync"/>
    public Problem? RefuseInvited(RoomTransaction transaction, IReadOnlyList<long> users) =>
        users.Count > 0 && transaction.First<long>(OverInvited, new { users, most = contacts.InvitationsToUser }) > 0
            ? Problem.TooManyPending
            : null;

    public void Dispose() => _turns.Dispose();

    private int Most(bool isOwnChoice) => isOwnChoice ? options.RoomsPerUser : options.RoomsPerUser / 2;
}
