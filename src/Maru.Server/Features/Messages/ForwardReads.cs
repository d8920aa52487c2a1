using System.Globalization;
using System.Text;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Messages;

/// <summary>Reads what users forward, for the engine and for requests: one statement a forward, before it is queued. Any thread.</summary>
internal sealed class ForwardReads(ChatEngine engine, Database database) : IHostedService
{
    /// <summary>
    /// Returns a message of a room that the user is in now; null where they see none, or it is deleted. A forward leads to where its text
    /// was said first. Of a poll it is the question alone: the votes are of those who were asked.
    /// </summary>
    public async Task<Forwarded?> ReadAsync(UserId user, Forward forward)
    {
        var found = await database.FirstAsync<Row>(
            $"""
            SELECT m.text,
              CASE WHEN m.files IS NOT NULL THEN coalesce((
                SELECT string_agg(p.file_id || '', ',' ORDER BY p.position) FROM message_files p
                WHERE p.room_id = m.room_id AND p.seq = m.seq), '') ELSE '' END AS files,
              coalesce(m.origin_at, m.at) AS at, coalesce(m.origin_room_id, m.room_id) AS room_id,
              coalesce(m.origin_seq, m.seq) AS seq, {UserRow.Columns("s")},
              (SELECT count(*) FROM rooms r
               WHERE r.id = coalesce(m.origin_room_id, m.room_id) AND r.visibility = 'public' AND r.deleted_at IS NULL) AS is_public
            FROM members me JOIN messages m ON m.room_id = me.room_id AND m.seq = @Seq AND m.type = @message AND m.deleted_at IS NULL
            JOIN users s ON s.id = coalesce(m.origin_sender_id, m.sender_id)
            WHERE me.room_id = @room AND me.user_id = @user AND {VisibleSql.Message}
            """,
            new { room = forward.Room.Value, forward.Seq, user = user.Value, message = EntryKind.MessageCreated.Number },
            CancellationToken.None);
        return found?.ToForwarded();
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        engine.ReadForward = ReadAsync;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <param name="Files">their ids, with commas between</param>
    /// <param name="IsPublic">1 where the room of the origin is public</param>
    private sealed record Row(
        string Text, string Files, long At, long RoomId, long Seq, long Id, string Handle, string Name, string? AvatarUrl, long IsPublic)
    {
        public Forwarded ToForwarded() => new(
            Encoding.UTF8.GetBytes(Text),
            [.. Files.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(id => long.Parse(id, CultureInfo.InvariantCulture))],
            new Origin(
                new UserId(Id), new UserRow(Id, Handle, Name, AvatarUrl).ToJson(), At, new RoomId(RoomId), Seq, IsPublic > 0));
    }
}
