using System.Data.Common;
using System.Globalization;
using System.Text;
using Maru.Server.Audit;
using Maru.Server.Features.Messages;
using Maru.Server.Storage;

namespace Maru.Server.Features.Polls;

/// <summary>The votes that each poll counts, beside the rows that say who voted.</summary>
internal sealed class PollCheck : IStoreCheck
{
    private const int Page = 5000;

    public string Name => "polls";

    public async Task<Look> LookAsync(DbTransaction snapshot, RoomSpan rooms, CancellationToken ct)
    {
        List<Drift> drift = [];
        var (rows, room, seq) = (0L, rooms.First, 0L);
        while (true)
        {
            var page = await snapshot.ListAsync<Row>(
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
                """,
                new { room, seq, rooms.Last },
                ct);
            foreach (var row in page)
            {
                if (row.Kept.Length == 0) continue;
                rows++;
                if (row.Right() is { } right) drift.Add(row.ToDrift(right));
            }

            if (page.Count < Page) return new Look(rows, drift);
            (room, seq) = (page[^1].RoomId, page[^1].Seq);
        }
    }

    /// <param name="Kept">the poll; empty: it is none</param>
    /// <param name="Votes">each option that has votes and how many they are: <c>1 3 2 1</c>; empty: none</param>
    private sealed record Row(long RoomId, long Seq, string Kept, string Votes, long Voters)
    {
        /// <summary>Returns the poll with the right counts; null: it has them.</summary>
        public Poll? Right()
        {
            var poll = PollJson.Read(Kept);
            var found = Votes.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(x => long.Parse(x, CultureInfo.InvariantCulture)).Chunk(2).ToDictionary(x => x[0], x => x[1]);
            var options = poll.Options.Select(x => x with { Votes = found.GetValueOrDefault(x.Id) }).ToList();
            return poll.Voters == Voters && options.SequenceEqual(poll.Options) ? null : poll with { Options = options, Voters = Voters };
        }

        public Drift ToDrift(Poll right) => new(
            RoomId,
            $"room {RoomId}, seq {Seq}: poll counts '{Told(PollJson.Read(Kept))}', right is '{Told(right)}'",
            "UPDATE messages SET poll = @Right WHERE room_id = @RoomId AND seq = @Seq AND poll = @Kept",
            new { RoomId, Seq, Kept, Right = Encoding.UTF8.GetString(PollJson.Write(right)) });

        private static string Told(Poll poll) =>
            $"{string.Join(' ', poll.Options.Select(x => $"{x.Id}: {x.Votes}"))}, voters: {poll.Voters}";
    }
}
