using System.Data.Common;
using System.Globalization;
using Maru.Engine;
using Maru.Server.Platform.Text;
using Maru.Server.Storage;

namespace Maru.Server.Features.Rooms;

/// <summary>Finds rooms and makes new ones. Any thread.</summary>
internal sealed class RoomStore(Database database, TimeProvider time)
{
    /// <summary>Finds a room; null: there is none that the user may know of.</summary>
    public Task<RoomRow?> FindAsync(RoomId room, UserId user, CancellationToken ct) =>
        database.FirstAsync<RoomRow>(RoomRow.Select, new { Room = room.Value, User = user.Value }, ct);

    /// <summary>Makes the room with all its members, or returns those of them who do not exist.</summary>
    public Task<(RoomRow? Room, IReadOnlyList<long> Unknown)> CreateAsync(
        UserId owner, RoomDetails details, IReadOnlyList<long> members, CancellationToken ct)
    {
        long[] people = [owner.Value, .. members.Where(id => id != owner.Value)];
        return database.WriteAsync<(RoomRow?, IReadOnlyList<long>)>(
            async (transaction, inner) =>
            {
                var known = await transaction.ListAsync<long>(
                    "SELECT id FROM users WHERE id IN @people AND deleted_at IS NULL", new { people }, inner);
                if (known.Count < people.Length) return (null, [.. people.Except(known)]);
                var room = await transaction.FirstAsync<long>(
                    """
                    INSERT INTO rooms (kind, name, name_key, description, visibility, password_hash, member_count, created_at)
                    VALUES ('group', @Name, @NameKey, @Description, @Visibility, @PasswordHash, @count, @Now)
                    RETURNING id
                    """,
                    new
                    {
                        details.Name,
                        details.NameKey,
                        details.Description,
                        details.Visibility,
                        details.PasswordHash,
                        count = people.Length,
                        Now
                    },
                    inner);
                await OpenAsync(transaction, room, people, owner.Value, inner);
                return (await ReadAsync(transaction, room, owner, inner), []);
            },
            ct);
    }

    /// <summary>Finds or makes the one direct room of two users. Null: the other one does not exist.</summary>
    public async Task<(RoomRow? Room, bool IsNew)> DirectAsync(UserId user, UserId other, CancellationToken ct)
    {
        long[] people = [Math.Min(user.Value, other.Value), Math.Max(user.Value, other.Value)];
        var key = string.Create(CultureInfo.InvariantCulture, $"{people[0]}:{people[1]}");
        const string find =
            $"SELECT {RoomRow.Columns} FROM {RoomRow.Tables} WHERE r.direct_key = @key AND r.deleted_at IS NULL AND me.role IS NOT NULL";
        if (await database.FirstAsync<RoomRow>(find, new { key, User = user.Value }, ct) is { } room) return (room, false);
        return await database.WriteAsync(
            async (transaction, inner) =>
            {
                var made = await transaction.FirstAsync<long>(
                    """
                    INSERT INTO rooms (kind, name, name_key, visibility, direct_key, member_count, created_at)
                    SELECT 'direct', '', '', 'private', @key, 2, @Now
                    WHERE (SELECT count(*) FROM users WHERE id IN @people AND deleted_at IS NULL) = 2
                    ON CONFLICT (direct_key) DO NOTHING
                    RETURNING id
                    """,
                    new { key, people, Now },
                    inner);
                if (made > 0) await OpenAsync(transaction, made, people, 0, inner);
                return (await transaction.FirstAsync<RoomRow>(find, new { key, User = user.Value }, inner), made > 0);
            },
            ct);
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Gives a new room the head of its log and its members.</summary>
    private async Task OpenAsync(DbTransaction transaction, long room, long[] people, long owner, CancellationToken ct)
    {
        await transaction.ExecuteAsync(
            "INSERT INTO room_heads (room_id, last_seq, messages, last_at) VALUES (@room, 0, 0, @Now)", new { room, Now }, ct);
        await transaction.ExecuteAsync(
            """
            INSERT INTO members (room_id, user_id, role, joined_at)
            SELECT @room, id, CASE id WHEN @owner THEN 'owner' ELSE 'member' END, @Now FROM users WHERE id IN @people
            """,
            new { room, people, owner, Now },
            ct);
    }

    private static Task<RoomRow?> ReadAsync(DbTransaction transaction, long room, UserId user, CancellationToken ct) =>
        transaction.FirstAsync<RoomRow>(RoomRow.Select, new { Room = room, User = user.Value }, ct);
}

/// <summary>The details of a group room.</summary>
internal sealed record RoomDetails(string Name, string Description, string Visibility, string? PasswordHash)
{
    public string NameKey => TextPolicy.NameKey(Name);
}
