using System.Text.Json;
using Maru.Engine.Log;
using Maru.Server.Features.Messages;
using Maru.Server.Storage;

namespace Maru.Server.Features.ReadState;

/// <summary>
/// Recounts from scratch what is kept of members' positions: reads each room's messages once, beside its members, and knows nothing of how
/// the numbers were kept. For the audit and for tests. Beside a server a room that changes meanwhile is looked at again.
/// </summary>
internal sealed class ReadAudit(Database database)
{
    private const int Page = 10_000;
    private const int Looks = 3;

    /// <summary>Returns what is wrong in a room, each as a line for people; empty: nothing.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync(long room, CancellationToken ct)
    {
        for (var look = 1; ; look++)
        {
            var before = await FindMembersAsync(room, ct);
            var faults = Compare(room, before, await RecountAsync(room, before, ct), await FindPositionsAsync(room, ct));
            if (faults.Count == 0 || look == Looks || before.SequenceEqual(await FindMembersAsync(room, ct))) return faults;
        }
    }

    private Task<IReadOnlyList<Kept>> FindMembersAsync(long room, CancellationToken ct) => database.ListAsync<Kept>(
        $"""
        SELECT me.user_id, me.read_seq, me.read_number, me.own, coalesce(oc.seq, 0) AS counted, h.last_seq,
          {UnreadSql.Count} AS unread, {UnreadSql.Mentions} AS mentions
        FROM members me JOIN room_heads h ON h.room_id = me.room_id {UnreadSql.Join}
        WHERE me.room_id = @room ORDER BY me.read_seq, me.user_id
        """,
        new { room },
        ct);

    private async Task<Dictionary<long, long>> FindPositionsAsync(long room, CancellationToken ct)
    {
        const string Sql = "SELECT number, members FROM read_positions WHERE room_id = @room";
        return (await database.ListAsync<PositionCount>(Sql, new { room }, ct)).ToDictionary(x => x.Number, x => x.Members);
    }

    /// <param name="members">in the order of their positions</param>
    private async Task<List<Recounted>> RecountAsync(long room, IReadOnlyList<Kept> members, CancellationToken ct)
    {
        List<Recounted> begun = [];
        var ofEach = members.ToDictionary(x => x.UserId, _ => new Sender());
        var (countable, number, allMentions, next) = (0L, 0L, 0L, 0);
        var (after, last) = (0L, members.Count == 0 ? 0 : members.Max(x => x.LastSeq));
        while (true)
        {
            var page = await database.ListAsync<Row>(
                $"""
                SELECT seq, type, sender_id, deleted_at, mentions FROM messages
                WHERE room_id = @room AND seq > @after AND seq <= @last ORDER BY seq LIMIT {Page}
                """,
                new { room, after, last },
                ct);
            foreach (var row in page)
            {
                Begin(row.Seq);
                if (row.Type != EntryKind.MessageCreated.Number) continue;
                number++;
                if (row.DeletedAt is null) countable++;
                Mention(row);
                if (!ofEach.TryGetValue(row.SenderId, out var sender)) continue;
                if (row.DeletedAt is null) sender.Countable++;
                sender.Seqs.Add(row.Seq);
            }

            if (page.Count < Page) break;
            after = page[^1].Seq;
        }

        Begin(long.MaxValue);
        return [.. begun.Select(x => x with
        {
            Unread = countable - x.Unread - (ofEach[x.Member.UserId].Countable - x.OwnUnread),
            Mentions = allMentions + ofEach[x.Member.UserId].Mentions - x.Mentions,
            Own = ofEach[x.Member.UserId].Seqs.Count(seq => seq > x.Member.ReadSeq && seq <= x.Member.Counted),
        })];

        // Remembers what there was before the first message behind a member's position.
        void Begin(long seq)
        {
            while (next < members.Count && members[next].ReadSeq < seq)
            {
                var member = members[next++];
                var own = ofEach[member.UserId];
                begun.Add(new Recounted(member, number, countable, own.Countable, 0, allMentions + own.Mentions));
            }
        }

        // What the message itself says: all members, of whom its sender is none, or some.
        void Mention(Row row)
        {
            if (row.DeletedAt is not null || row.Mentions is null) return;
            var mentions = JsonSerializer.Deserialize(row.Mentions, MessagesJson.Default.IReadOnlyListMention)!;
            var isAll = mentions.Any(x => x.All is true);
            if (isAll) allMentions++;
            var named = mentions.Select(x => x.UserId).OfType<long>().Distinct();
            IEnumerable<long> users = isAll ? [row.SenderId] : named.Where(x => x != row.SenderId);
            foreach (var user in users)
            {
                if (ofEach.TryGetValue(user, out var one)) one.Mentions += isAll ? -1 : 1;
            }
        }
    }

    private static List<string> Compare(
        long room, IReadOnlyList<Kept> members, List<Recounted> recounted, Dictionary<long, long> positions)
    {
        List<string> faults = [];
        foreach (var (kept, number, unread, _, own, mentions) in recounted)
        {
            var who = $"room {room}, user {kept.UserId}";
            if (kept.ReadNumber != number) faults.Add($"{who}: position {kept.ReadSeq} is number {kept.ReadNumber}, right is {number}");
            if (kept.Own != own) faults.Add($"{who}: {kept.Own} own messages behind the position, right is {own}");
            if (kept.Unread != unread) faults.Add($"{who}: {kept.Unread} unread, right is {unread}");
            if (kept.Mentions != mentions) faults.Add($"{who}: {kept.Mentions} unread mentions, right is {mentions}");
        }

        var right = members.CountBy(x => x.ReadNumber).ToDictionary(x => x.Key, x => (long)x.Value);
        foreach (var number in right.Keys.Union(positions.Keys).Order())
        {
            var (kept, real) = (positions.GetValueOrDefault(number), right.GetValueOrDefault(number));
            if (kept != real) faults.Add($"room {room}: {kept} members at position {number}, right is {real}");
        }

        return faults;
    }

    /// <summary>What the store has of a member.</summary>
    private sealed record Kept(
        long UserId, long ReadSeq, long ReadNumber, long Own, long Counted, long LastSeq, long Unread, long Mentions);

    private sealed record Recounted(Kept Member, long Number, long Unread, long OwnUnread, long Own, long Mentions);

    private sealed record Row(long Seq, long Type, long SenderId, long? DeletedAt, string? Mentions);

    private sealed record PositionCount(long Number, long Members);

    private sealed class Sender
    {
        public long Countable { get; set; }

        public List<long> Seqs { get; } = [];

        /// <summary>Messages that mention them, beyond those that mention all.</summary>
        public long Mentions { get; set; }
    }
}
