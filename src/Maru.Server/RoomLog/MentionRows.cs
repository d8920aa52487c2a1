using Maru.Engine;
using Maru.Engine.Commit;
using Maru.Engine.Log;
using Maru.Server.Storage;

namespace Maru.Server.RoomLog;

/// <summary>Writes the rows of mentions, with their messages.</summary>
internal static class MentionRows
{
    public const string Insert =
        """
        WITH x (room_id, seq, user_id, number, sender_id, at, entry_seq) AS ROWS @rows
        INSERT INTO mentions (room_id, seq, user_id, number, sender_id, at, entry_seq)
        SELECT room_id, seq, user_id, number, sender_id, at, entry_seq FROM x
        """;

    /// <summary>Returns the rows of new messages, for <see cref="Insert"/>; null: they mention nobody.</summary>
    public static string? Of(List<MessageRow> messages)
    {
        List<long[]>? rows = null;
        foreach (var (draft, number, head, _, _) in messages)
        {
            if (draft.Mentions is not { } mentions) continue;
            foreach (var user in mentions.Targets)
                (rows ??= []).Add([draft.Room.Value, draft.Seq, user.Value, number, draft.Actor.Value, head.At, draft.Seq]);
        }

        return rows is null ? null : Dialect.Rows(rows);
    }

    /// <summary>
    /// Changes whom an edited message mentions, just before the edit's entry is appended. Returns who is mentioned only from now on; null:
    /// the same people are mentioned.
    /// </summary>
    public static IReadOnlyList<UserId>? Change(
        RoomTransaction transaction, UserId sender, long seq, long number, long at, IReadOnlyList<MentionWord> words)
    {
        var (room, facts) = (transaction.Room, new MentionFacts());
        facts.Ask(room, sender, words);
        transaction.Read(facts);
        var mentions = Mentions.Find(
            words, sender, handle => facts.FindMember(room, handle), () => facts.MayMentionAll(room, sender));
        transaction.Execute(
            "UPDATE messages SET mentions = @mentions WHERE room_id = @room AND seq = @seq",
            new { room = room.Value, seq, mentions = mentions is null ? null : System.Text.Encoding.UTF8.GetString(mentions.Json) });

        var before = transaction.List<Made>(
            "SELECT user_id, entry_seq FROM mentions WHERE room_id = @room AND seq = @seq", new { room = room.Value, seq })
            .ToDictionary(x => new UserId(x.UserId), x => x.EntrySeq);
        var after = mentions?.Targets ?? [];
        var added = after.Where(user => !before.ContainsKey(user)).ToList();
        var gone = before.Keys.Except(after).Select(user => user.Value).ToList();
        if (added.Count == 0 && gone.Count == 0) return null;
        transaction.Execute(
            "DELETE FROM mentions WHERE room_id = @room AND seq = @seq AND user_id IN @gone", new { room = room.Value, seq, gone });
        // Who was mentioned with all others before knows of it already.
        var entry = before.TryGetValue(Mentions.All, out var known) ? known : transaction.Head + 1;
        var rows = added.Select(user => (long[])[room.Value, seq, user.Value, number, sender.Value, at, entry]);
        transaction.Execute(Insert, new { rows = Dialect.Rows(rows) });
        return added;
    }

    private sealed record Made(long UserId, long EntrySeq);
}
