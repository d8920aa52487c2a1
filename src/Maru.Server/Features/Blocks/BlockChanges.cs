using System.Data.Common;
using System.Globalization;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.Features.Contacts;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Blocks;

/// <summary>
/// Blocks people and lifts blocks. A block is a row, made under a lock of both people (<see cref="Pair"/>): whoever opens a direct room
/// takes the same lock, so either finds the other's. Then it becomes the bar of their direct room, if they have one, through the room's
/// log: no message is committed behind it, on any node. A server that dies between the two leaves a row in <c>bars_due</c>, from which <see
/// cref="BarRepair"/> goes on. Any thread.
/// </summary>
/// <remarks>The bound is exact: each block of a person locks that person.</remarks>
internal sealed class BlockChanges(
    ChatEngine engine, Database database, BlockOptions options, ContactChanges contacts, BlockEvents events, TimeProvider time)
{
    /// <summary>Blocks somebody. A repeat changes nothing.</summary>
    public Task<Problem?> BlockAsync(UserId user, UserId other, CancellationToken ct) => ChangeAsync(user, other, blocks: true, ct);

    /// <summary>Lifts a block. A repeat changes nothing.</summary>
    public Task<Problem?> LiftAsync(UserId user, UserId other, CancellationToken ct) => ChangeAsync(user, other, blocks: false, ct);

    /// <summary>Makes a direct room's bar what the blocks of its two people say. Returns null, or the reason why not.</summary>
    public async Task<Problem?> SettleAsync(RoomId room)
    {
        var bar = default(Bar);
        var problem = await RoomWrite.RunAsync(engine, room, default, transaction =>
        {
            // First: a block that is made meanwhile leaves a row of its own, or is read below.
            transaction.Execute("DELETE FROM bars_due WHERE room_id = @room", new { room = room.Value });
            var by = transaction.List<long>(
                """
                SELECT b.user_id FROM members m JOIN members o ON o.room_id = m.room_id AND o.user_id <> m.user_id
                JOIN blocks b ON b.user_id = m.user_id AND b.other_id = o.user_id
                WHERE m.room_id = @room
                """,
                new { room = room.Value });
            transaction.SetBar(by.Count switch { 0 => 0, 1 => by[0], _ => Bar.Both });
            bar = transaction.Bar;
            return null;
        });
        if (problem is null) events.Bar(room, bar);
        return problem;
    }

    private async Task<Problem?> ChangeAsync(UserId user, UserId other, bool blocks, CancellationToken ct)
    {
        var outcome = await database.WriteAsync(
            (transaction, inner) => blocks
                ? BlockAsync(transaction, user, other, inner)
                : LiftAsync(transaction, user, other, inner),
            ct);
        if (outcome.Problem is { } problem) return problem;
        // Not cancelled with the request: what is in the store must be settled.
        if (outcome.Room > 0 && await SettleAsync(new RoomId(outcome.Room)) is { } late) return late;
        if (outcome.IsChanged) events.Block(user, other, blocks);
        contacts.Tell(user, other, outcome.Mine, outcome.Theirs);
        return null;
    }

    private async Task<Outcome> BlockAsync(DbTransaction transaction, UserId user, UserId other, CancellationToken ct)
    {
        var people = await Pair.LockAsync(transaction, user, other, ct);
        if (people.Count < 2) return new Outcome(Problem.NotFound);
        var pair = Names(user, other);
        var isNew = await transaction.ExecuteAsync(
            """
            INSERT INTO blocks (user_id, other_id, at)
            SELECT @user, @other, @now WHERE (SELECT count(*) FROM (SELECT 1 FROM blocks WHERE user_id = @user LIMIT @PerUser) x) < @PerUser
            ON CONFLICT DO NOTHING
            """,
            pair, ct) > 0;
        if (!isNew && await transaction.FirstAsync<long>(
            "SELECT count(*) FROM blocks WHERE user_id = @user AND other_id = @other", pair, ct) == 0)
            return new Outcome(Problem.TooManyBlocks);
        var (mine, theirs) = await contacts.RemoveAsync(transaction, user, other, Now, ct);
        await transaction.ExecuteAsync("DELETE FROM pending_members WHERE user_id = @user AND inviter_id = @other", pair, ct);
        return new Outcome(null) { IsChanged = isNew, Room = await DueAsync(transaction, pair, ct), Mine = mine, Theirs = theirs };
    }

    private async Task<Outcome> LiftAsync(DbTransaction transaction, UserId user, UserId other, CancellationToken ct)
    {
        await Pair.LockAsync(transaction, user, other, ct);
        var pair = Names(user, other);
        var isLifted = await transaction.ExecuteAsync("DELETE FROM blocks WHERE user_id = @user AND other_id = @other", pair, ct) > 0;
        return new Outcome(null) { IsChanged = isLifted, Room = await DueAsync(transaction, pair, ct) };
    }

    /// <summary>Returns the two people's direct room, whose bar is due now; 0: they have none.</summary>
    private static Task<long> DueAsync(DbTransaction transaction, object pair, CancellationToken ct) => transaction.FirstAsync<long>(
        """
        INSERT INTO bars_due (room_id, at) SELECT id, @now FROM rooms WHERE direct_key = @key AND deleted_at IS NULL
        ON CONFLICT (room_id) DO UPDATE SET at = excluded.at
        RETURNING room_id
        """,
        pair, ct);

    private object Names(UserId user, UserId other)
    {
        var (lower, higher) = (Math.Min(user.Value, other.Value), Math.Max(user.Value, other.Value));
        var key = string.Create(CultureInfo.InvariantCulture, $"{lower}:{higher}");
        return new { user = user.Value, other = other.Value, key, now = Now, options.PerUser };
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <param name="Problem">why not; null: it is done</param>
    private sealed record Outcome(Problem? Problem)
    {
        public bool IsChanged { get; init; }

        /// <summary>Their direct room; 0: none.</summary>
        public long Room { get; init; }

        /// <summary>What the user had of the other one before; null: nothing, or it stays.</summary>
        public string? Mine { get; init; }

        public string? Theirs { get; init; }
    }
}
