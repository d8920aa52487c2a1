using System.Data.Common;
using Maru.Engine.Log;
using Maru.Server.Audit;
using Maru.Server.Storage;

namespace Maru.Server.Features.ReadState;

/// <summary>
/// Recounts from scratch what is kept of members' positions, and what they have not read: goes through each room's messages once, beside
/// its members, and knows nothing of how the numbers were kept.
/// </summary>
internal sealed class ReadAudit : IStoreCheck
{
    private const int Page = 10_000;

    public string Name => "unread";

    public async Task<Look> LookAsync(DbTransaction snapshot, RoomSpan rooms, CancellationToken ct)
    {
        var ids = await snapshot.ListAsync<long>(
            """
            SELECT r.id FROM rooms r
            WHERE r.id >= @First AND r.id <= @Last AND (
              EXISTS (SELECT 1 FROM members me WHERE me.room_id = r.id) OR EXISTS (SELECT 1 FROM read_positions p WHERE p.room_id = r.id))
            ORDER BY r.id
            """,
            rooms,
            ct);
        var (rows, drift) = (0L, new List<Drift>());
        foreach (var room in ids)
        {
            var members = await FindMembersAsync(snapshot, room, ct);
            drift.AddRange(Compare(room, await RecountAsync(snapshot, room, members, ct)));
            drift.AddRange(ComparePositions(room, members, await FindPositionsAsync(snapshot, room, ct)));
            rows += members.Count;
        }

        return new Look(rows, drift);
    }

    private static Task<IReadOnlyList<Kept>> FindMembersAsync(DbTransaction snapshot, long room, CancellationToken ct) =>
        snapshot.ListAsync<Kept>(
            $"""
            SELECT me.user_id, coalesce(me.join_seq, 0) AS join_seq, me.join_number, me.read_seq, me.read_number, me.own,
              coalesce(oc.seq, 0) AS counted, h.last_seq, {UnreadSql.Count} AS unread, {UnreadSql.Mentions} AS mentions
            FROM members me JOIN room_heads h ON h.room_id = me.room_id {UnreadSql.Join}
            WHERE me.room_id = @room ORDER BY me.read_seq, me.user_id
            """,
            new { room },
            ct);

    private static async Task<Dictionary<long, long>> FindPositionsAsync(DbTransaction snapshot, long room, CancellationToken ct)
    {
        const string sql = "SELECT number, members FROM read_positions WHERE room_id = @room";
        return (await snapshot.ListAsync<PositionCount>(sql, new { room }, ct)).ToDictionary(x => x.Number, x => x.Members);
    }

    /// <param name="snapshot">the state of the store</param>
    /// <param name="room">the room</param>
    /// <param name="members">in the order of their positions</param>
    /// <param name="ct">ends it</param>
    private static async Task<IReadOnlyCollection<Recounted>> RecountAsync(
        DbTransaction snapshot, long room, IReadOnlyList<Kept> members, CancellationToken ct)
    {
        var (byPosition, ofUser) = (members.Select(x => new Recounted(x)).ToArray(), new Dictionary<long, Recounted>());
        foreach (var member in byPosition) ofUser.Add(member.Kept.UserId, member);
        var byJoin = byPosition.OrderBy(x => x.Kept.JoinSeq).ToArray();
        var (countable, number, mentionsOfAll, behind, joined, after) = (0L, 0L, 0L, 0, 0, 0L);
        while (true)
        {
            var page = await snapshot.ListAsync<Row>(
                $"""
                SELECT seq, type, sender_id, deleted_at, mentions FROM messages
                WHERE room_id = @room AND seq > @after ORDER BY seq LIMIT {Page}
                """,
                new { room, after },
                ct);
            foreach (var row in page)
            {
                Pass(row.Seq);
                if (row.Type != EntryKind.MessageCreated.Number) continue;
                number++;
                if (row.DeletedAt is null) countable++;
                if (row.DeletedAt is null) Mention(MentionCheck.Targets(row.Mentions, row.SenderId), row.SenderId);
                if (ofUser.TryGetValue(row.SenderId, out var sender)) sender.Sent(row.Seq, row.DeletedAt is null);
            }

            if (page.Count < Page) break;
            after = page[^1].Seq;
        }

        Pass(long.MaxValue);
        foreach (var member in byPosition) member.End(countable, mentionsOfAll);
        return byPosition;

        // Remembers what there was before the first entry behind a member's position, or join.
        void Pass(long seq)
        {
            for (; behind < byPosition.Length && byPosition[behind].Kept.ReadSeq < seq; behind++)
                byPosition[behind].Begin(number, countable, mentionsOfAll);
            for (; joined < byJoin.Length && byJoin[joined].Kept.JoinSeq < seq; joined++) byJoin[joined].JoinNumber = number;
        }

        // All members, of whom its sender is none, or some.
        void Mention(long[] targets, long sender)
        {
            var isAll = targets is [0];
            if (isAll) mentionsOfAll++;
            foreach (var user in isAll ? [sender] : targets)
            {
                if (ofUser.TryGetValue(user, out var one)) one.Mentioned += isAll ? -1 : 1;
            }
        }
    }

    private static IEnumerable<Drift> Compare(long room, IReadOnlyCollection<Recounted> members)
    {
        foreach (var (x, kept) in members.Select(x => (x, x.Kept)))
        {
            var who = $"room {room}, user {kept.UserId}";
            if (kept.JoinNumber != x.JoinNumber)
            {
                yield return new Drift(
                    room,
                    $"{who}: joined at seq {kept.JoinSeq}, number {kept.JoinNumber}, right is {x.JoinNumber}",
                    """
                    UPDATE members SET join_number = @right
                    WHERE room_id = @room AND user_id = @UserId AND coalesce(join_seq, 0) = @JoinSeq AND join_number = @JoinNumber
                    """,
                    new { room, kept.UserId, kept.JoinSeq, kept.JoinNumber, right = x.JoinNumber });
            }

            if (kept.ReadNumber != x.Number)
            {
                yield return new Drift(
                    room,
                    $"{who}: position {kept.ReadSeq} is number {kept.ReadNumber}, right is {x.Number}",
                    """
                    UPDATE members SET read_number = @right
                    WHERE room_id = @room AND user_id = @UserId AND read_seq = @ReadSeq AND read_number = @ReadNumber
                    """,
                    new { room, kept.UserId, kept.ReadSeq, kept.ReadNumber, right = x.Number });
            }

            if (kept.Own != x.Own)
            {
                yield return new Drift(
                    room,
                    $"{who}: {kept.Own} own messages behind the position, right is {x.Own}",
                    """
                    UPDATE members SET own = @right
                    WHERE room_id = @room AND user_id = @UserId AND read_seq = @ReadSeq AND own = @Own
                      AND coalesce((SELECT oc.seq FROM own_counts oc WHERE oc.room_id = @room), 0) = @Counted
                    """,
                    new { room, kept.UserId, kept.ReadSeq, kept.Own, kept.Counted, right = x.Own });
            }

            // Follows from the others, and from the log's numbers.
            if (kept.Unread != x.Unread) yield return new Drift(room, $"{who}: {kept.Unread} unread, right is {x.Unread}");
            if (kept.Mentions != x.Mentions)
                yield return new Drift(room, $"{who}: {kept.Mentions} unread mentions, right is {x.Mentions}");
        }
    }

    private static IEnumerable<Drift> ComparePositions(long room, IReadOnlyList<Kept> members, Dictionary<long, long> positions)
    {
        var right = members.CountBy(x => x.ReadNumber).ToDictionary(x => x.Key, x => (long)x.Value);
        foreach (var number in right.Keys.Union(positions.Keys).Order())
        {
            var (kept, found) = (positions.GetValueOrDefault(number), right.GetValueOrDefault(number));
            if (kept == found) continue;
            yield return new Drift(
                room,
                $"room {room}: {kept} members at position {number}, right is {found}",
                """
                DELETE FROM read_positions WHERE room_id = @room AND number = @number;
                INSERT INTO read_positions (room_id, number, members)
                SELECT room_id, read_number, count(*) FROM members WHERE room_id = @room AND read_number = @number
                GROUP BY room_id, read_number
                """,
                new { room, number });
        }
    }

    /// <summary>What the store has of a member.</summary>
    private sealed record Kept(
        long UserId, long JoinSeq, long JoinNumber, long ReadSeq, long ReadNumber, long Own, long Counted, long LastSeq, long Unread,
        long Mentions);

    /// <summary>What a member has, counted from the messages.</summary>
    private sealed class Recounted(Kept kept)
    {
        private long _before;       // countable messages up to the position
        private long _mentions;     // of them, up to the position
        private long _ownUnread;    // their own ones behind it

        public Kept Kept => kept;

        public long Number { get; private set; }

        public long JoinNumber { get; set; }

        /// <summary>Their own messages behind the position, up to where own messages are counted.</summary>
        public long Own { get; private set; }

        public long Unread { get; private set; }

        /// <summary>Messages that mention them, beyond those that mention all.</summary>
        public long Mentioned { get; set; }

        public long Mentions { get; private set; }

        public void Begin(long number, long countable, long mentionsOfAll) =>
            (Number, _before, _mentions) = (number, countable, mentionsOfAll + Mentioned);

        public void Sent(long seq, bool isCountable)
        {
            if (seq <= kept.ReadSeq) return;
            if (seq <= kept.Counted) Own++;
            if (isCountable) _ownUnread++;
        }

        public void End(long countable, long mentionsOfAll) =>
            (Unread, Mentions) = (countable - _before - _ownUnread, mentionsOfAll + Mentioned - _mentions);
    }

    private sealed record Row(long Seq, long Type, long SenderId, long? DeletedAt, string? Mentions);

    private sealed record PositionCount(long Number, long Members);
}
