using Maru.Engine;
using Maru.Engine.Commit;
using Maru.Engine.Log;
using Maru.Server.Storage;

namespace Maru.Server.RoomLog;

/// <summary>
/// Writes the rows of mentions, with their messages: one a person, or one of the user 0 for all. The negative of a user stands for nothing
/// counted and nobody told: somebody who blocked the sender or, beside the row of all, who was mentioned by name before an edit, and knows
/// of the message.
/// </summary>
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
            foreach (var user in Signed(mentions))
                (rows ??= []).Add([draft.Room.Value, draft.Seq, user, number, draft.Actor.Value, head.At, draft.Seq]);
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
            words, sender, handle => facts.FindMember(room, handle), () => facts.MayMentionAll(room, sender),
            member => facts.Blocks(member, sender));
        transaction.Execute(
            "UPDATE messages SET mentions = @mentions WHERE room_id = @room AND seq = @seq",
            new { room = room.Value, seq, mentions = mentions is null ? null : System.Text.Encoding.UTF8.GetString(mentions.Json) });

        var before = transaction.List<Made>(
            "SELECT user_id, entry_seq FROM mentions WHERE room_id = @room AND seq = @seq", new { room = room.Value, seq })
            .ToDictionary(x => x.UserId, x => x.EntrySeq);
        var all = before.ContainsKey(0);
        // A block tells of mentions from then on: who was mentioned before stays so, and who was not is not because of the edit.
        var after = mentions is null ? [] : Signed(mentions).Select(user => !all && before.ContainsKey(-user) ? -user : user).ToList();
        var added = all && after is not [0] ? after : after.Where(user => !before.ContainsKey(user)).ToList();
        var gone = before.Keys.Where(user => (user >= 0 || !all) && !after.Contains(user)).ToList();
        if (added.Count == 0 && gone.Count == 0) return null;
        if (added is [0])
        {
            // They know of it by name already.
            transaction.Execute(
                "UPDATE mentions SET user_id = -abs(user_id) WHERE room_id = @room AND seq = @seq", new { room = room.Value, seq });
        }
        else
        {
            transaction.Execute(
                "DELETE FROM mentions WHERE room_id = @room AND seq = @seq AND user_id IN @gone",
                new { room = room.Value, seq, gone = all ? before.Keys.ToList() : gone });
        }

        var rows = added.Select(user => (long[])[room.Value, seq, user, number, sender.Value, at, EntryOf(user)]);
        transaction.Execute(Insert, new { rows = Dialect.Rows(rows) });
        return [.. added.Where(user => user >= 0).Select(user => new UserId(user))];

        // Who was mentioned with all others before knows of it already.
        long EntryOf(long user) =>
            before.TryGetValue(-Math.Abs(user), out var known) || before.TryGetValue(0, out known) ? known : transaction.Head + 1;
    }

    /// <summary>Returns the ids of whom it mentions, the negative ones of those who block the sender.</summary>
    private static IEnumerable<long> Signed(Mentions mentions) =>
        mentions.Targets.Select(user => user.Value).Concat(mentions.Silent.Select(user => -user.Value));

    private sealed record Made(long UserId, long EntrySeq);
}
