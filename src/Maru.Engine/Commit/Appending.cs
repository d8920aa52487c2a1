using Maru.Engine.Log;
using Maru.Engine.Problems;

namespace Maru.Engine.Commit;

/// <summary>The facts of a store that decide about a batch. All of them must stay true until the batch is committed.</summary>
internal interface ILogFacts
{
    /// <summary>Returns the end of the room's log, with a batch begun; null: there is no such room. Called once a room and batch.</summary>
    LogHead? FindHead(RoomId room);

    bool IsMember(RoomId room, UserId user);

    /// <summary>Returns whether that entry, which is no later than the room's head, is a message that the member sees.</summary>
    bool IsMessage(RoomId room, UserId member, long seq);

    /// <summary>Finds the first use of a key; false: it is new.</summary>
    bool TryFindKey(in ClientKey key, out KeyUse use);

    /// <summary>Returns what decides whether a member may write. Asked only in rooms whose rules are not free.</summary>
    Writer FindWriter(RoomId room, UserId user);

    /// <summary>Returns the member of that handle; null: there is none. Asked only about words of the batch's drafts.</summary>
    UserId? FindMember(RoomId room, string handle);

    /// <summary>Returns whether the member blocks the sender. Asked only about members who were found by their handles.</summary>
    bool Blocks(UserId member, UserId sender);

    /// <summary>Returns whether the user may mention all members of the room: its owner and admins may.</summary>
    bool MayMentionAll(RoomId room, UserId user);

    /// <summary>Returns the file; null: it is not there, or not the sender's. Asked only about files of the batch's drafts.</summary>
    /// <param name="sender">who must have uploaded it; null: anybody</param>
    AttachedFile? FindFile(long id, UserId? sender);

    /// <summary>Returns whether the row of a scheduled message is as it was read: neither sent nor changed nor cancelled.</summary>
    bool IsDue(ScheduledDraft draft);
}

/// <summary>A message that becomes a row.</summary>
/// <param name="Number">in its room</param>
/// <param name="Head">of its room</param>
/// <param name="Key">null: its sender gave none</param>
/// <param name="ContentHash">goes with the key</param>
internal readonly record struct MessageRow(MessageDraft Draft, long Number, LogHead Head, ClientKey? Key, long ContentHash);

/// <summary>
/// Decides the outcome of each draft of a batch, whatever the store. The store supplies the facts, inserts <see cref="Rows"/>, removes the
/// rows of <see cref="Sent"/>, runs <see cref="Writes"/>, which move the heads of their rooms, and stores the <see cref="Heads"/>. One
/// thread.
/// </summary>
internal sealed class Appending(ILogFacts facts)
{
    private readonly Dictionary<RoomId, LogHead?> _heads = [];                          // null: there is no such room
    private readonly Dictionary<ClientKey, KeyUse> _used = new(ClientKey.Equality);    // by this batch
    private readonly SlowTurns _turns = new(facts);

    /// <summary>The messages that are appended, in the order of their seqs.</summary>
    public List<MessageRow> Rows { get; } = [];

    /// <summary>The scheduled messages that are in the log by now.</summary>
    public List<ScheduledDraft> Sent { get; } = [];

    /// <summary>The writes that are more than a message, in order, to be run behind the rows.</summary>
    public List<Draft> Writes { get; } = [];

    /// <summary>The heads of the batch's rooms; not all of them have moved.</summary>
    public List<LogHead> Heads { get; } = [];

    /// <summary>Who has written in slow rooms, and when.</summary>
    public Dictionary<(RoomId Room, UserId User), long> Turns => _turns.Taken;

    /// <summary>Sets the outcome of each message; seqs and numbers follow the order of drafts.</summary>
    public void Decide(IReadOnlyList<BatchPart> parts)
    {
        _heads.Clear();
        _used.Clear();
        _turns.Clear();
        Rows.Clear();
        Sent.Clear();
        Writes.Clear();
        Heads.Clear();
        foreach (var part in parts) Decide(part);
    }

    /// <summary>Returns the end of the log for a write of this batch.</summary>
    public LogHead HeadOf(Draft write) => _heads[write.Room] ?? throw new InvalidOperationException($"there is no room {write.Room}");

    private void Decide(BatchPart part)
    {
        var (rows, writes) = (Rows.Count, Writes.Count);
        foreach (var room in part.Rooms)
        {
            var head = FindHead(room.Room);
            foreach (var draft in room.Drafts)
            {
                if (draft.Refusal is not null) continue;
                if (head is null) draft.Refuse(Problem.NotFound);
                else if (draft is ScheduledDraft scheduled) Decide(scheduled, head);
                else if (draft is MessageDraft message) Decide(message, head);
                else Writes.Add(draft);
            }
        }

        if (part.IsRefused) TakeBack(rows, writes);
    }

    private LogHead? FindHead(RoomId room)
    {
        if (_heads.TryGetValue(room, out var head)) return head;
        _heads[room] = head = facts.FindHead(room);
        if (head is not null) Heads.Add(head);
        return head;
    }

    /// <summary>Decides about a message whose time has come. It is never a part of a transaction.</summary>
    private void Decide(ScheduledDraft draft, LogHead head)
    {
        if (facts.IsDue(draft)) Decide((MessageDraft)draft, head);
        else draft.Refuse(ScheduledDraft.NotDue);
        if (draft.Refusal is null) Sent.Add(draft);
    }

    private void Decide(MessageDraft draft, LogHead head)
    {
        if (!facts.IsMember(draft.Room, draft.Actor))
        {
            draft.Refuse(Refusal.NotAMember);
            return;
        }

        var key = draft.ClientKey is { } text ? new ClientKey(draft.Room.Value, draft.Actor.Value, text) : default(ClientKey?);
        var hash = key is null ? 0 : KeyUse.HashOf(draft);
        if (key is { } known && (_used.TryGetValue(known, out var use) || facts.TryFindKey(known, out use)))
        {
            use.Settle(draft, hash);
            return;
        }

        // Behind the key: a retry of what was stored before is no new message.
        if (head.Bar.For(draft.Actor) is { } barred)
        {
            draft.Refuse(barred);
            return;
        }

        if (!head.Rules.IsFree && _turns.Refuse(draft, head) is { } notNow)
        {
            draft.Refuse(notNow);
            return;
        }

        if (draft is ForwardDraft { Origin: null })
        {
            draft.Refuse(ForwardDraft.Gone);
            return;
        }

        if (draft.ReplyTo > 0 && !IsMessage(head, draft))
        {
            draft.Refuse(new Refusal(Problem.Invalid, "replyTo must be the seq of a message in this room.", "replyTo"));
            return;
        }

        if (Resolve(draft, head) is { } refusal)
        {
            draft.Refuse(refusal);
            return;
        }

        var end = head.Append(EntryKind.MessageCreated);
        draft.Committed(end, head.At);
        if (!head.Rules.IsFree) _turns.Take(draft, head);
        if (key is { } first) _used.Add(first, new KeyUse(end.Seq, hash));
        Rows.Add(new MessageRow(draft, end.Messages, head, key, hash));
    }

    /// <summary>Finds out whom it mentions and what its files are; returns why it is refused, or null.</summary>
    private Refusal? Resolve(MessageDraft draft, LogHead head)
    {
        if (draft is PollDraft poll && poll.RefuseAt(head.At) is { } over) return over;
        if (draft.Attachments is { } files)
        {
            var uploader = files.AreForwarded ? default(UserId?) : draft.Actor;
            if (files.Resolve(id => facts.FindFile(id, uploader)) is { } refusal) return refusal;
            if (files.Json is null && draft.Text.Length == 0) return ForwardDraft.Gone;
        }

        if (draft is ReferringDraft referring)
        {
            referring.Resolve(
                handle => facts.FindMember(draft.Room, handle),
                () => facts.MayMentionAll(draft.Room, draft.Actor),
                member => facts.Blocks(member, draft.Actor));
        }

        return null;
    }

    /// <summary>
    /// Returns whether the draft replies to a message. Behind the head that the store has, all entries are messages of this batch, since
    /// writes come later.
    /// </summary>
    private bool IsMessage(LogHead head, MessageDraft draft) => draft.ReplyTo <= head.Start.Seq
        ? facts.IsMessage(head.Room, draft.Actor, draft.ReplyTo)
        : draft.ReplyTo <= head.End.Seq;

    /// <summary>Takes back an atomic part that was refused: its seqs go to the next part, and its keys are not used.</summary>
    private void TakeBack(int rows, int writes)
    {
        for (var i = Rows.Count - 1; i >= rows; i--)
        {
            var row = Rows[i];
            row.Head.Return(new RoomHead(row.Draft.Seq - 1, row.Number - 1));
            if (row.Key is { } key) _used.Remove(key);
            if (!row.Head.Rules.IsFree) _turns.Return(row.Draft);
        }

        Rows.RemoveRange(rows, Rows.Count - rows);
        Writes.RemoveRange(writes, Writes.Count - writes);
    }
}
