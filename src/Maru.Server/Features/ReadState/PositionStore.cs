using Maru.Engine;
using Maru.Engine.Bus;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.Storage;

namespace Maru.Server.Features.ReadState;

/// <summary>
/// Writes members' positions. What a move needs to know is read before the transaction that writes it, which takes only what nobody else
/// has moved meanwhile; the rest is tried again. Any thread.
/// </summary>
internal sealed class PositionStore(ChatEngine engine, Database database, TimeProvider time)
{
    private const int Attempts = 8;

    /// <summary>The entries that are looked at for a move that goes together with others.</summary>
    internal long Near { get; set; } = 5000;

    /// <summary>
    /// Moves each member's position, if they are a member, and tells those who wait for it. Returns the far moves, which it leaves: those
    /// over more than <see cref="Near"/> entries, not to the end of the log.
    /// </summary>
    public Task<List<ReadMove>> MoveAsync(IReadOnlyList<ReadMove> moves, CancellationToken ct) => MoveAsync(moves, Near, ct);

    /// <summary>Moves positions over any number of entries: half of the room's are looked at, at most.</summary>
    public Task<List<ReadMove>> MoveFarAsync(IReadOnlyList<ReadMove> moves, CancellationToken ct) => MoveAsync(moves, long.MaxValue, ct);

    private async Task<List<ReadMove>> MoveAsync(IReadOnlyList<ReadMove> moves, long most, CancellationToken ct)
    {
        List<ReadMove> far = [];
        for (var attempt = 0; moves.Count > 0 && attempt < Attempts; attempt++) moves = await TryMoveAsync(moves, most, far, ct);
        foreach (var move in moves) move.Settle(Problem.Unavailable);
        return far;
    }

    /// <summary>
    /// Returns the moves that somebody else was ahead of; adds those over more than the most entries to <paramref name="far"/>.
    /// </summary>
    private async Task<IReadOnlyList<ReadMove>> TryMoveAsync(
        IReadOnlyList<ReadMove> moves, long most, List<ReadMove> far, CancellationToken ct)
    {
        var places = (await FindAsync(moves, ct)).ToDictionary(x => (x.RoomId, x.UserId));
        List<Step> steps = [];
        foreach (var move in moves)
        {
            if (!places.TryGetValue((move.Room.Value, move.User.Value), out var place)) move.Settle(Problem.NotFound);
            else if (place.TargetOf(move) is not { } target) Stay(move);
            else if (place.To(target, move) is var step && step.To - step.From > most) far.Add(move);
            else steps.Add(step);
        }

        if (steps.Count == 0) return [];
        var counts = await CountAsync(steps, ct);
        var moved = await WriteAsync(steps, counts, ct);
        List<ReadMove> left = [];
        foreach (var step in steps)
        {
            if (!moved.TryGetValue((step.Place.RoomId, step.Place.UserId), out var version))
            {
                left.Add(step.Move);
                continue;
            }

            if (step.Place.HidesReads == 0) engine.TellRead(step.Move.Room, new ReaderPosition(step.Move.User, step.Target, version));
            else engine.TellUnnamedRead(step.Move.Room);
            engine.UserEvents.Move(step.Move.User, step.Move.Room);
            step.Move.Settle(null);
        }

        return left;
    }

    /// <summary>The position is there already: whoever moved it may have been killed before they told.</summary>
    private void Stay(ReadMove move)
    {
        engine.UserEvents.Move(move.User, move.Room);
        move.Settle(null);
    }

    private Task<IReadOnlyList<Place>> FindAsync(IReadOnlyList<ReadMove> moves, CancellationToken ct) => database.ListAsync<Place>(
        """
        WITH x (room_id, user_id) AS ROWS @rows
        SELECT me.room_id, me.user_id, me.join_seq, me.read_seq, me.own, h.last_seq, coalesce(oc.seq, 0) AS counted,
          u.hides_reads
        FROM x JOIN members me ON me.room_id = x.room_id AND me.user_id = x.user_id JOIN users u ON u.id = x.user_id
        JOIN room_heads h ON h.room_id = me.room_id LEFT JOIN own_counts oc ON oc.room_id = me.room_id
        """,
        new { rows = Dialect.Rows(moves.Select(move => (long[])[move.Room.Value, move.User.Value])) },
        ct);

    /// <summary>
    /// Returns of each step the number at its target, and the member's own messages of its span. Entries do not change their numbers and
    /// senders, so this stays true.
    /// </summary>
    private async Task<Dictionary<(long, long), Counted>> CountAsync(List<Step> steps, CancellationToken ct)
    {
        var rows = steps.Select(x => (long[])[x.Place.RoomId, x.Place.UserId, x.Target, x.From, x.To]);
        var counted = await database.ListAsync<Counted>(
            """
            WITH x (room_id, user_id, target, first, last) AS ROWS @rows
            SELECT x.room_id, x.user_id,
              coalesce((SELECT m.number FROM messages m WHERE m.room_id = x.room_id AND m.seq <= x.target ORDER BY m.seq DESC LIMIT 1), 0)
                AS number,
              (SELECT count(*) FROM messages m
              WHERE m.room_id = x.room_id AND m.seq > x.first AND m.seq <= x.last AND m.type = @message AND m.sender_id = x.user_id) AS own
            FROM x
            """,
            new { rows = Dialect.Rows(rows), message = EntryKind.MessageCreated.Number },
            ct);
        return counted.ToDictionary(x => (x.RoomId, x.UserId));
    }

    /// <summary>
    /// Returns the members who were moved, those of whom nothing has changed, each with the time, which is later than that of any earlier
    /// move of theirs whichever node's clock said so.
    /// </summary>
    private Task<Dictionary<(long, long), long>> WriteAsync(
        List<Step> steps, Dictionary<(long, long), Counted> counts, CancellationToken ct) => database.WriteAsync(
        async (transaction, inner) =>
        {
            var counted = await OwnCounts.LockAsync(transaction, steps.Select(x => x.Place.RoomId), inner);
            var rows = steps.Where(x => counted.GetValueOrDefault(x.Place.RoomId) == x.Place.Counted).Select(step =>
            {
                var (place, found) = (step.Place, counts[(step.Place.RoomId, step.Place.UserId)]);
                var own = step.Base + (step.Sign * found.Own);
                return (long[])[place.RoomId, place.UserId, place.JoinSeq, place.ReadSeq, place.Own, step.Target, found.Number, own];
            });
            var moved = await transaction.ListAsync<Moved>(
                """
                WITH x (room_id, user_id, join_seq, was, was_own, seq, number, own) AS ROWS @rows
                UPDATE members SET read_seq = x.seq, read_number = x.number, own = x.own,
                  read_at = CASE WHEN coalesce(members.read_at, 0) < @now THEN @now ELSE members.read_at + 1 END
                FROM x
                WHERE members.room_id = x.room_id AND members.user_id = x.user_id AND members.join_seq = x.join_seq
                  AND members.read_seq = x.was AND members.own = x.was_own
                RETURNING members.room_id, members.user_id, members.read_at
                """,
                new { rows = Dialect.Rows(rows), now = time.GetUtcNow().ToUnixTimeMilliseconds() },
                inner);
            return moved.ToDictionary(x => (x.RoomId, x.UserId), x => x.ReadAt);
        },
        ct);

    /// <summary>A member's position, and how far the room's log goes and its own messages are counted.</summary>
    private sealed record Place(
        long RoomId, long UserId, long JoinSeq, long ReadSeq, long Own, long LastSeq, long Counted, long HidesReads)
    {
        /// <summary>Returns where the move takes the position; null: it stays.</summary>
        public long? TargetOf(ReadMove move)
        {
            var target = Math.Clamp(move.Mark.Seq, JoinSeq, Math.Max(JoinSeq, LastSeq));
            return target > ReadSeq || (move.Mark.IsBack && target < ReadSeq) ? target : null;
        }

        /// <summary>
        /// Plans the move. Own messages behind the target are those behind the position without those between, or, if that is a shorter
        /// way, those up to the last that is counted.
        /// </summary>
        public Step To(long target, ReadMove move)
        {
            if (target >= Counted) return new Step(move, this, target, 0, 0, 0, 0);
            if (target < ReadSeq) return new Step(move, this, target, target, Math.Min(ReadSeq, Counted), Own, 1);
            return target - ReadSeq < Counted - target
                ? new Step(move, this, target, ReadSeq, target, Own, -1)
                : new Step(move, this, target, target, Counted, 0, 1);
        }
    }

    /// <summary>A move to a target: own = base + sign × own messages from…to.</summary>
    private sealed record Step(ReadMove Move, Place Place, long Target, long From, long To, long Base, int Sign);

    private sealed record Counted(long RoomId, long UserId, long Number, long Own);

    private sealed record Moved(long RoomId, long UserId, long ReadAt);
}
