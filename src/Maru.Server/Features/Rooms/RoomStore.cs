using System.Data.Common;
using System.Globalization;
using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Contacts;
using Maru.Server.Platform.Text;
using Maru.Server.Storage;

namespace Maru.Server.Features.Rooms;

/// <summary>Finds rooms and makes new ones. Any thread.</summary>
internal sealed class RoomStore(Database database, RoomBounds bounds, TimeProvider time)
{
    private const string FindDirect =
        $"SELECT {RoomRow.Columns} FROM {RoomRow.Tables} WHERE r.direct_key = @key AND r.deleted_at IS NULL AND me.role IS NOT NULL";

    /// <summary>Finds a room; null: there is none that the user may know of.</summary>
    public Task<RoomRow?> FindAsync(RoomId room, UserId user, CancellationToken ct) =>
        database.FirstAsync<RoomRow>(RoomRow.Select, new { Room = room.Value, User = user.Value }, ct);

    /// <summary>
    /// Makes the room with all its members, or returns those of them who do not exist or do not let themselves be brought in, or the
    /// refusal. Who wants to be asked first is invited, and no member yet.
    /// </summary>
    public Task<NewlyMade> CreateAsync(
        UserId owner, RoomDetails details, IReadOnlyList<long> others, CancellationToken ct)
    {
        long[] people = [owner.Value, .. others.Where(id => id != owner.Value)];
        return TryAsync(
            async (transaction, inner) =>
            {
                await OneByOneAsync(transaction, owner, inner);
                var known = await transaction.ListAsync<Newcomer>(
                    $"""
                    SELECT u.id, CAST(CASE
                      WHEN u.id = @actor OR {Consent.LetsAdd} THEN 1 WHEN {Consent.IsAskedFirst} THEN 0 ELSE -1 END AS BIGINT) AS consent
                    FROM users u WHERE u.id IN @people AND u.deleted_at IS NULL AND u.is_guest <= @guests
                    """,
                    new { people, actor = owner.Value, guests = details.Guests },
                    inner);
                var unknown = people.Except(known.Where(x => x.Consent >= 0).Select(x => x.Id)).ToList();
                if (unknown.Count > 0) return new NewlyMade(null, unknown, [], null);
                long[] members = [.. known.Where(x => x.Consent == 1).Select(x => x.Id)];
                long[] asked = [.. known.Where(x => x.Consent == 0).Select(x => x.Id)];
                var room = await transaction.FirstAsync<long>(
                    """
                    INSERT INTO rooms (kind, name, name_key, description, visibility, password_hash, allows_guests, history,
                      member_count, created_at, active_at)
                    VALUES ('group', @Name, @NameKey, @Description, @Visibility, @PasswordHash, @Guests, @History, @count, @Now, @Now)
                    RETURNING id
                    """,
                    new
                    {
                        details.Name,
                        details.NameKey,
                        details.Description,
                        details.Visibility,
                        details.PasswordHash,
                        details.Guests,
                        details.History,
                        count = members.Length,
                        Now
                    },
                    inner);
                await OpenAsync(transaction, room, members, owner.Value, owner, inner);
                await InviteAsync(transaction, room, owner, asked, inner);
                return new NewlyMade(await ReadAsync(transaction, room, owner, inner), [], asked, null);
            },
            problem => new NewlyMade(null, [], [], problem),
            ct);
    }

    /// <summary>Finds the one direct room of two users; null: there is none yet.</summary>
    public Task<RoomRow?> FindDirectAsync(UserId user, UserId other, CancellationToken ct) =>
        database.FirstAsync<RoomRow>(FindDirect, new { key = KeyOf(People(user, other)), User = user.Value }, ct);

    /// <summary>
    /// Makes the one direct room of two users, or finds it. Null without a problem: the other one does not exist. Under a lock of both: a
    /// block that is made at the same moment is found here, or finds the room.
    /// </summary>
    public Task<(RoomRow? Room, bool IsNew, Problem? Problem)> MakeDirectAsync(UserId user, UserId other, CancellationToken ct)
    {
        var people = People(user, other);
        var key = KeyOf(people);
        return TryAsync<(RoomRow?, bool, Problem?)>(
            async (transaction, inner) =>
            {
                await Pair.LockAsync(transaction, user, other, inner);
                if (await transaction.FirstAsync<RoomRow>(FindDirect, new { key, User = user.Value }, inner) is { } found)
                    return (found, false, null);
                if (await RefuseToWriteAsync(transaction, user, other, inner) is { } refusal) return (null, false, refusal);
                var made = await transaction.FirstAsync<long>(
                    """
                    INSERT INTO rooms (kind, name, name_key, visibility, direct_key, member_count, created_at)
                    SELECT 'direct', '', '', 'private', @key, 2, @Now
                    WHERE (SELECT count(*) FROM users WHERE id IN @people AND deleted_at IS NULL AND is_guest = 0) = 2
                    ON CONFLICT (direct_key) DO NOTHING
                    RETURNING id
                    """,
                    new { key, people, Now },
                    inner);
                if (made > 0) await OpenAsync(transaction, made, people, 0, user, inner);
                return (await transaction.FirstAsync<RoomRow>(FindDirect, new { key, User = user.Value }, inner), made > 0, null);
            },
            problem => (null, false, problem),
            ct);
    }

    /// <summary>Returns why the user may not open a direct room with the other one; null: they may, or there is no other one.</summary>
    private static async Task<Problem?> RefuseToWriteAsync(DbTransaction transaction, UserId user, UserId other, CancellationToken ct) =>
        await transaction.FirstAsync<long>(
            $"""
            SELECT CAST(CASE
              WHEN EXISTS (SELECT 1 FROM blocks b WHERE b.user_id = @actor AND b.other_id = u.id) THEN 2
              WHEN {Consent.LetsWrite} THEN 0 ELSE 1 END AS BIGINT)
            FROM users u WHERE u.id = @other AND u.deleted_at IS NULL
            """,
            new { actor = user.Value, other = other.Value },
            ct) switch
        {
            2 => Problem.BlockedByYou,
            1 => Problem.MayNotWrite,
            _ => null,
        };

    private async Task InviteAsync(DbTransaction transaction, long room, UserId inviter, long[] users, CancellationToken ct)
    {
        if (users.Length == 0) return;
        await transaction.ExecuteAsync(
            "INSERT INTO pending_members (user_id, room_id, inviter_id, at) SELECT id, @room, @inviter, @Now FROM users WHERE id IN @users",
            new { room, inviter = inviter.Value, users, Now },
            ct);
        if (await bounds.RefuseInvitedAsync(transaction, users, ct) is { } problem) throw new RefusedException(problem);
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static long[] People(UserId user, UserId other) => [Math.Min(user.Value, other.Value), Math.Max(user.Value, other.Value)];

    private static string KeyOf(long[] people) => string.Create(CultureInfo.InvariantCulture, $"{people[0]}:{people[1]}");

    /// <summary>Locks the maker until the transaction ends: each of the rooms that they make at the same moment sees the others.</summary>
    private static Task OneByOneAsync(DbTransaction transaction, UserId maker, CancellationToken ct) =>
        transaction.ExecuteAsync("UPDATE users SET role = role WHERE id = @Value", maker, ct);

    /// <summary>Writes, or returns the refusal and leaves nothing.</summary>
    private async Task<T> TryAsync<T>(
        Func<DbTransaction, CancellationToken, Task<T>> write, Func<Problem, T> refuse, CancellationToken ct)
    {
        try
        {
            return await database.WriteAsync(write, ct);
        }
        catch (RefusedException e)
        {
            return refuse(e.Problem);
        }
    }

    /// <summary>Gives a new room the head of its log and its members, if these may be in another room.</summary>
    private async Task OpenAsync(DbTransaction transaction, long room, long[] people, long owner, UserId maker, CancellationToken ct)
    {
        await transaction.ExecuteAsync(
            "INSERT INTO room_heads (room_id, last_seq, messages, last_at) VALUES (@room, 0, 0, @Now)", new { room, Now }, ct);
        await transaction.ExecuteAsync("INSERT INTO own_counts (room_id, seq) VALUES (@room, 0)", new { room }, ct);
        await transaction.ExecuteAsync(
            """
            INSERT INTO members (room_id, user_id, role, joined_at, join_seq)
            SELECT @room, id, CASE id WHEN @owner THEN 'owner' ELSE 'member' END, @Now, 0 FROM users WHERE id IN @people
            """,
            new { room, people, owner, Now },
            ct);
        var others = people.Where(id => id != maker.Value);
        if (await bounds.RefuseAsync(transaction, maker.Value, others, ct) is { } problem) throw new RefusedException(problem);
    }

    private static Task<RoomRow?> ReadAsync(DbTransaction transaction, long room, UserId user, CancellationToken ct) =>
        transaction.FirstAsync<RoomRow>(RoomRow.Select, new { Room = room, User = user.Value }, ct);

    /// <param name="Consent">1: may be brought in; 0: is asked first; -1: neither</param>
    private sealed record Newcomer(long Id, long Consent);

    /// <summary>Undoes the transaction.</summary>
    private sealed class RefusedException(Problem problem) : Exception(problem.Title)
    {
        public Problem Problem { get; } = problem;
    }
}

/// <summary>What became of a new room.</summary>
/// <param name="Room">null: it was not made</param>
/// <param name="Unknown">those who do not exist, or do not let themselves be brought in</param>
/// <param name="Asked">those who are invited, and no members yet</param>
internal sealed record NewlyMade(RoomRow? Room, IReadOnlyList<long> Unknown, IReadOnlyList<long> Asked, Problem? Problem);

/// <summary>The details of a group room.</summary>
/// <param name="Guests">1: guests may be in it</param>
internal sealed record RoomDetails(string Name, string Description, string Visibility, string? PasswordHash, string History, long Guests)
{
    public string NameKey => TextPolicy.NameKey(Name);

    public string Topic { get; init; } = "";

    public string? AvatarUrl { get; init; }

    /// <summary>0: messages get no previews of their links.</summary>
    public long LinkPreviews { get; init; } = 1;
}
