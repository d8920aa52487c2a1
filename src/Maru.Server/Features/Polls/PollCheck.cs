using System.Globalization;
using System.Text;
using Maru.Server.Audit;
using Maru.Server.Features.Messages;

namespace Maru.Server.Features.Polls;

/// <summary>The votes that each poll counts, beside the rows that say who voted.</summary>
internal sealed class PollCheck : MessageCheck<PollCheck.Row>
{
    public override string Name => "polls";

    protected override string Sql =>
        $"""
        SELECT m.room_id, m.seq, coalesce(m.poll, '') AS kept,
          coalesce(CASE WHEN m.poll IS NOT NULL THEN (
            SELECT string_agg(x.option_id || ' ' || x.n, ' ' ORDER BY x.option_id)
            FROM (
              SELECT v.option_id, count(*) AS n FROM poll_votes v
              WHERE v.room_id = m.room_id AND v.seq = m.seq GROUP BY v.option_id) x) END, '') AS votes,
          CASE WHEN m.poll IS NOT NULL THEN (
            SELECT count(DISTINCT v.user_id) FROM poll_votes v WHERE v.room_id = m.room_id AND v.seq = m.seq) ELSE 0 END AS voters
        FROM (
          SELECT room_id, seq, CASE WHEN deleted_at IS NULL THEN poll END AS poll FROM messages
          WHERE (room_id, seq) > (@room, @seq) AND room_id <= @Last ORDER BY room_id, seq LIMIT {Page}) m
        ORDER BY m.room_id, m.seq
        """;

    /// <param name="Kept">the poll; empty: it is none</param>
    /// <param name="Votes">each option that has votes and how many they are: <c>1 3 2 1</c>; empty: none</param>
    internal sealed record Row(long RoomId, long Seq, string Kept, string Votes, long Voters) : CheckedMessage(RoomId, Seq)
    {
        public override bool IsCounted => Kept.Length > 0;

        public override Drift? FindDrift() => IsCounted && Right() is { } right ? ToDrift(right) : null;

        /// <summary>Returns the poll with the right counts; null: it has them.</summary>
        private Poll? Right()
        {
            var poll = PollJson.Read(Kept);
            var found = Votes.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(x => long.Parse(x, CultureInfo.InvariantCulture)).Chunk(2).ToDictionary(x => x[0], x => x[1]);
            var options = poll.Options.Select(x => x with { Votes = found.GetValueOrDefault(x.Id) }).ToList();
            return poll.Voters == Voters && options.SequenceEqual(poll.Options) ? null : poll with { Options = options, Voters = Voters };
        }

        private Drift ToDrift(Poll right) => new(
            RoomId,
            $"room {RoomId}, seq {Seq}: poll counts '{Told(PollJson.Read(Kept))}', right is '{Told(right)}'",
            "UPDATE messages SET poll = @Right WHERE room_id = @RoomId AND seq = @Seq AND poll = @Kept",
            new { RoomId, Seq, Kept, Right = Encoding.UTF8.GetString(PollJson.Write(right)) });

        private static string Told(Poll poll) =>
            $"{string.Join(' ', poll.Options.Select(x => $"{x.Id}: {x.Votes}"))}, voters: {poll.Voters}";
    }
}
