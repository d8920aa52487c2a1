using System.Globalization;
using System.Text;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Polls;

/// <summary>
/// Votes, and closes polls, through the room's log: the room's lock makes each count exact and decides between the last vote and the
/// closing, and the store's clock says when the time is over, so all nodes agree. A repeat changes nothing and appends nothing. Any
/// thread.
/// </summary>
internal sealed class PollChanges(ChatEngine engine, Database database)
{
    /// <summary>Replaces the options for which the user has voted; returns null, or the reason why not.</summary>
    /// <param name="options">none: takes the vote back</param>
    public async Task<Refusal?> VoteAsync(RoomId room, UserId user, long seq, IReadOnlyList<long> options)
    {
        Refusal? wrong = null;
        var problem = await RoomWrite.RunAsync(engine, room, user, transaction =>
        {
            wrong = null;
            if (Find(transaction, user, seq) is not { } found) return Problem.NotFound;
            if (options.Count > 0 && transaction.Bar.For(user) is { } barred) return barred;
            var poll = PollJson.Read(found.Poll);
            if (IsClosed(poll, found.Now)) return Problem.PollClosed;
            wrong = Check(poll, options);
            if (wrong is not null) return wrong.Problem;
            Vote(transaction, new UserId(found.SenderId), user, seq, poll, found.Votes, [.. options.Distinct().Order()]);
            return null;
        });
        return problem is null ? null : wrong ?? new Refusal(problem);
    }

    /// <summary>
    /// Closes the user's own poll, or anybody's for the room's owner and admins. Returns null, or the reason why not.
    /// </summary>
    public Task<Problem?> CloseAsync(RoomId room, UserId user, long seq) => RoomWrite.RunAsync(engine, room, user, transaction =>
    {
        if (Find(transaction, user, seq) is not { } found) return Problem.NotFound;
        if (found.SenderId != user.Value && found.Role is not ("owner" or "admin")) return Problem.Forbidden;
        var poll = PollJson.Read(found.Poll);
        if (IsClosed(poll, found.Now)) return null;
        poll = poll with { ClosedAt = DateTimeOffset.FromUnixTimeMilliseconds(found.Now) };
        Keep(transaction, seq, poll);
        transaction.AppendDetail(EntryKind.PollChanged, user, seq, PollJson.Detail(poll));
        return null;
    });

    /// <summary>Changes the user's rows and the counts, and appends the entry that tells of it, unless all stays as it was.</summary>
    private static void Vote(
        RoomTransaction transaction, UserId author, UserId user, long seq, Poll poll, IReadOnlyList<long> before, List<long> after)
    {
        if (before.SequenceEqual(after)) return;
        var (gone, added) = (before.Except(after).ToList(), after.Except(before).ToList());
        var options = poll.Options.Select(
            x => x with { Votes = x.Votes + (added.Contains(x.Id) ? 1 : 0) - (gone.Contains(x.Id) ? 1 : 0) });
        poll = poll with
        {
            Options = [.. options],
            Voters = poll.Voters + (before.Count == 0 ? 1 : 0) - (after.Count == 0 ? 1 : 0),
        };
        var room = transaction.Room.Value;
        transaction.Execute(
            "DELETE FROM poll_votes WHERE room_id = @room AND seq = @seq AND user_id = @user AND option_id IN @gone",
            new { room, seq, user = user.Value, gone });

        // Nothing that is stored of an anonymous vote, but that it is there, leads to its entry in the log or to its time; and its entry is
        // the author's, about their poll.
        var (entry, at) = poll.Anonymous ? (0, 0) : (transaction.Head + 1, transaction.At);
        transaction.Execute(
            """
            WITH x (room_id, seq, user_id, option_id, voted_seq, at) AS ROWS @rows
            INSERT INTO poll_votes (room_id, seq, user_id, option_id, voted_seq, at)
            SELECT room_id, seq, user_id, option_id, voted_seq, at FROM x
            """,
            new { rows = Dialect.Rows(added.Select(id => (long[])[room, seq, user.Value, id, entry, at])) });
        Keep(transaction, seq, poll);
        transaction.AppendDetail(
            EntryKind.PollChanged,
            poll.Anonymous ? author : user,
            seq,
            poll.Anonymous ? PollJson.Detail(poll) : PollJson.Detail(poll, user, after));
    }

    private static void Keep(RoomTransaction transaction, long seq, Poll poll) => transaction.Execute(
        "UPDATE messages SET poll = @poll WHERE room_id = @room AND seq = @seq",
        new { room = transaction.Room.Value, seq, poll = Encoding.UTF8.GetString(PollJson.Write(poll)) });

    private static bool IsClosed(Poll poll, long now) =>
        poll.ClosedAt is not null || poll.ClosesAt?.ToUnixTimeMilliseconds() <= now;

    private static Refusal? Check(Poll poll, IReadOnlyList<long> options)
    {
        if (options.Any(id => id < 1 || id > poll.Options.Count)) return Wrong($"1 to {poll.Options.Count}.");
        return !poll.Multiple && options.Distinct().Count() > 1 ? Wrong("One option, or none.") : null;
    }

    private static Refusal Wrong(string detail) => new(Problem.Invalid, detail, "options");

    /// <summary>Finds the poll; null: no such poll for this user.</summary>
    private Found? Find(RoomTransaction transaction, UserId user, long seq) => transaction.First<Found>(
        $"""
        SELECT m.poll, m.sender_id, me.role, {database.Clock} AS now, coalesce((
          SELECT string_agg(x.option_id || '', ' ' ORDER BY x.option_id) FROM poll_votes x
          WHERE x.room_id = @room AND x.seq = @seq AND x.user_id = @user), '') AS mine
        FROM members me JOIN messages m ON m.room_id = me.room_id AND m.seq = @seq
        WHERE me.room_id = @room AND me.user_id = @user AND m.poll IS NOT NULL AND m.deleted_at IS NULL AND {VisibleSql.Message}
        """,
        new { room = transaction.Room.Value, seq, user = user.Value });

    /// <param name="Now">the store's clock, under the room's lock; unix milliseconds</param>
    /// <param name="Mine">the ids of the options for which the user has voted, in order</param>
    private sealed record Found(string Poll, long SenderId, string Role, long Now, string Mine)
    {
        public IReadOnlyList<long> Votes =>
            [.. Mine.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => long.Parse(id, CultureInfo.InvariantCulture))];
    }
}
