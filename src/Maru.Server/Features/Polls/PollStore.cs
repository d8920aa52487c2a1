using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Platform.Http;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Polls;

/// <summary>Reads who voted, for members. Any thread.</summary>
internal sealed class PollStore(Database database)
{
    private const string Visible =
        $"""
        FROM members me JOIN messages m ON m.room_id = me.room_id AND m.seq = @seq
        WHERE me.room_id = @room AND me.user_id = @user AND m.poll IS NOT NULL AND m.deleted_at IS NULL AND {VisibleSql.Message}
        """;

    /// <summary>
    /// Returns a page in the order of time, or the reason why not. Walks an index in that order, so every page costs the same. The rows of
    /// an anonymous poll are not in that order, so they would not be found.
    /// </summary>
    public async Task<(PollVoterPage? Page, Problem? Problem)> VotersAsync(
        RoomId room, UserId user, long seq, long option, PageRequest page, CancellationToken ct)
    {
        var arguments = new { room = room.Value, seq, user = user.Value, option, after = page.After?.Id ?? 0, limit = page.Size + 1 };
        if (await database.FirstAsync<string>($"SELECT m.poll {Visible}", arguments, ct) is not { } json) return (null, Problem.NotFound);
        var poll = PollJson.Read(json);
        if (poll.Anonymous) return (null, Problem.AnonymousPoll);
        if (option < 1 || option > poll.Options.Count) return (null, Problem.NotFound);
        var rows = await database.ListAsync<VoterRow>(
            $"""
            SELECT {UserRow.Columns("u")}, x.at, x.voted_seq
            FROM poll_votes x JOIN users u ON u.id = x.user_id
            WHERE x.room_id = @room AND x.seq = @seq AND x.option_id = @option AND x.voted_seq > @after AND EXISTS (SELECT 1 {Visible})
            ORDER BY x.voted_seq LIMIT @limit
            """,
            arguments,
            ct);
        var next = rows.Count > page.Size ? new PageCursor(rows[page.Size - 1].VotedSeq).ToString() : null;
        return (new PollVoterPage([.. rows.Take(page.Size).Select(row => row.ToVoter())], next), null);
    }

    private sealed record VoterRow(long Id, string Handle, string Name, string? AvatarUrl, long At, long VotedSeq)
    {
        public PollVoter ToVoter() => new(new User(Id, Handle, Name, AvatarUrl), DateTimeOffset.FromUnixTimeMilliseconds(At));
    }
}
