using System.Data.Common;
using System.Text;
using Dapper;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.Output;
using Maru.Engine.Problems;
using Maru.Server.Storage;

namespace Maru.Server.RoomLog;

/// <summary>
/// A change to a room that is more than a message: to its members, its settings, or an edit. Runs inside the commit loop's transaction, so
/// its rows and its log entries are committed together, in order with all messages; a write that throws or refuses is undone alone.
/// Authorisation belongs inside, in the SQL.
/// </summary>
internal sealed class RoomWrite : Draft
{
    private readonly Func<RoomTransaction, Problem?> _write;
    private readonly List<Entry> _entries = [];

    /// <param name="write">as of <see cref="RunAsync"/></param>
    public RoomWrite(RoomId room, UserId actor, Func<RoomTransaction, Problem?> write, Awaiter awaiter)
        : base(room, actor, 1024, awaiter) => _write = write;

    /// <summary>Queues the write; completes when it is durable (null) or refused.</summary>
    /// <param name="engine">the engine of the log</param>
    /// <param name="room">the room that it changes</param>
    /// <param name="actor">the user who asked for it</param>
    /// <param name="write">
    /// the work: short, synchronous; returns null, or the reason why not; it may run twice when a batch is retried
    /// </param>
    public static async Task<Problem?> RunAsync(ChatEngine engine, RoomId room, UserId actor, Func<RoomTransaction, Problem?> write)
    {
        var awaiter = new Awaiter();
        await engine.AppendAsync(new RoomWrite(room, actor, write, awaiter));
        return (await awaiter.Task).Refusal?.Problem;
    }

    public override void CopyEntries(List<Entry> into)
    {
        if (Refusal is null) into.AddRange(_entries);
    }

    /// <summary>Called by the log, inside its transaction, behind the messages of the batch. A refused write leaves nothing.</summary>
    public void Run(DbConnection connection, LogHead head)
    {
        _entries.Clear();
        var (before, rules, bar, transaction) = (head.End, head.Rules, head.Bar, new RoomTransaction(connection, head));
        transaction.Execute("SAVEPOINT room_write", null);
        if (_write(transaction) is { } problem)
        {
            transaction.Execute("ROLLBACK TO room_write", null);
            head.Rule(rules).Return(before);
            head.Bar = bar;
            Refuse(problem);
        }
        else
        {
            _entries.AddRange(transaction.Entries);
            Committed(head.End.Seq);
        }

        transaction.Execute("RELEASE room_write", null);
    }
}

/// <summary>Awaits the outcome of a draft, for callers without a client.</summary>
internal sealed class Awaiter : IDraftOwner
{
    private readonly TaskCompletionSource<Draft> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<Draft> Task => _outcome.Task;

    public void Settled(Draft draft, FlushList flush) => _outcome.TrySetResult(draft);
}

/// <summary>The argument of a <see cref="RoomWrite"/>: the open transaction, and the end of the room's log.</summary>
/// <param name="connection">the writer; commands on it belong to the transaction</param>
/// <param name="head">of the room's log; moves with what is appended</param>
internal sealed class RoomTransaction(DbConnection connection, LogHead head)
{
    private readonly List<Entry> _entries = [];

    public RoomId Room => head.Room;

    /// <summary>The transaction's time, unix milliseconds.</summary>
    public long At => head.At;

    /// <summary>The room's last seq so far.</summary>
    public long Head => head.End.Seq;

    /// <summary>The number of the room's last message so far.</summary>
    public long Messages => head.End.Messages;

    /// <summary>Who may write to the room so far.</summary>
    public WriteRules Rules => head.Rules;

    public Bar Bar => head.Bar;

    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Returns the first row, or null (for a number: zero) when there is none.</summary>
    public T? First<T>(string sql, object? arguments) => connection.QueryFirstOrDefault<T>(Dialect.Write(connection, sql), arguments);

    public IReadOnlyList<T> List<T>(string sql, object? arguments) =>
        connection.Query<T>(Dialect.Write(connection, sql), arguments).AsList();

    /// <summary>
    /// Called before the room's members change. Their rows, and the counts of their positions, are locked behind this one row by all who
    /// change them, so whoever moves the positions of many members and whoever adds or removes some cannot deadlock.
    /// </summary>
    public void LockMembers() =>
        List<long>("SELECT oc.room_id FROM own_counts oc WHERE oc.room_id = @Value FOR UPDATE OF oc", new { Room.Value });

    /// <summary>Sets who may write to the room behind this entry.</summary>
    public void SetRules(WriteRules rules)
    {
        Execute(
            "UPDATE room_heads SET slow_mode = @SlowMode, read_only = @readOnly WHERE room_id = @room",
            new { room = Room.Value, rules.SlowMode, readOnly = rules.IsReadOnly ? 1 : 0 });
        head.Rule(rules);
    }

    /// <summary>Changes who may not write in a direct room; nothing where it is so already.</summary>
    /// <param name="by">as in <see cref="Maru.Engine.Log.Bar"/></param>
    public void SetBar(long by)
    {
        if (head.Bar.By == by) return;
        head.Bar = new Bar(by, head.Bar.Changes + 1);
        Execute(
            "UPDATE room_heads SET barred_by = @By, bar_changes = @Changes WHERE room_id = @room",
            new { room = Room.Value, head.Bar.By, head.Bar.Changes });
    }

    public void Read(MentionFacts facts) => facts.Read(connection);

    public void Read(FileFacts facts) => facts.Read(connection);

    /// <summary>Returns how many rows it changed.</summary>
    public int Execute(string sql, object? arguments) => connection.Execute(Dialect.Write(connection, sql), arguments);

    /// <summary>Appends an entry that the history shows as a system message: a member came or went, or the room changed.</summary>
    /// <param name="kind">joined, left or room changed</param>
    /// <param name="actor">the user who did it</param>
    /// <param name="subject">the user to whom it was done, if any</param>
    /// <param name="roomState">the room after it, as <c>room</c> JSON, for <see cref="EntryKind.RoomChanged"/></param>
    /// <param name="isBan">true: the subject was banned with it, for <see cref="EntryKind.MemberLeft"/></param>
    /// <param name="invitation">
    /// the number of the invitation by which the subject came, for <see cref="EntryKind.MemberJoined"/>; kept for recounts, told to nobody
    /// </param>
    public void AppendSystem(
        EntryKind kind, UserId actor, UserId? subject, byte[]? roomState = null, bool isBan = false, long? invitation = null)
    {
        var (seq, number) = head.Append(kind);
        Execute(
            """
            INSERT INTO messages (room_id, seq, number, type, sender_id, at, text, subject_id, room_state, banned, invitation)
            VALUES (@Room, @Seq, @Number, @Kind, @Actor, @At, '', @Subject, @RoomState, @Banned, @Invitation)
            """,
            new
            {
                Room = Room.Value,
                Seq = seq,
                Number = number,
                Kind = kind.Number,
                Actor = actor.Value,
                At,
                Subject = subject?.Value,
                RoomState = roomState is null ? null : Encoding.UTF8.GetString(roomState),
                Banned = isBan ? 1L : (long?)null,
                Invitation = invitation,
            });
        var fields = new MessageFields
        {
            Room = Room,
            Seq = seq,
            Kind = kind,
            Sender = User(actor),
            Text = default,
            At = At,
            Subject = subject is { } id ? User(id) : default,
            RoomState = roomState,
            IsBan = isBan,
        };
        _entries.Add(new Entry(Room, seq, kind, EventJson.Entry(kind, seq, fields))
        {
            Number = number,
            Member = kind.NamesMember ? subject : null,
        });
    }

    /// <summary>
    /// Appends an entry that the history does not show by itself: a change of a message, after its row was changed, or the room's own end.
    /// </summary>
    /// <param name="kind">an edit, a deletion or the room's end</param>
    /// <param name="actor">the user who did it</param>
    /// <param name="target">the message's seq, whose event carries the message as it is now; null: it is about the room</param>
    /// <param name="mentioned">whom it newly mentions; null: it changes no mentions</param>
    public void AppendChange(EntryKind kind, UserId actor, long? target, IReadOnlyList<UserId>? mentioned = null)
    {
        var seq = InsertChange(kind, actor, target, null);
        _entries.Add(target is { } message
            ? MessageRows.Entry(connection, Room, head.End, kind, message, mentioned)
            : new Entry(Room, seq, kind, EventJson.Entry(kind, Room, seq)) { Number = Messages });
    }

    /// <summary>
    /// Appends an entry that tells of a message without the message itself. The detail is stored, so the event stays the same for ever.
    /// </summary>
    /// <param name="target">the message's seq</param>
    /// <param name="detail">a JSON object, whose members the event has</param>
    public void AppendDetail(EntryKind kind, UserId actor, long target, byte[] detail)
    {
        var seq = InsertChange(kind, actor, target, Encoding.UTF8.GetString(detail));
        _entries.Add(new Entry(Room, seq, kind, EventJson.Entry(kind, Room, seq, target, detail))
        {
            Number = Messages,
            About = target,
        });
    }

    /// <summary>Returns the seq of the new entry.</summary>
    private long InsertChange(EntryKind kind, UserId actor, long? target, string? detail)
    {
        var seq = head.Append(kind).Seq;
        Execute(
            """
            INSERT INTO changes (room_id, seq, type, target_seq, actor_id, at, detail)
            VALUES (@Room, @Seq, @Kind, @Target, @Actor, @At, @Detail)
            """,
            new { Room = Room.Value, Seq = seq, Kind = kind.Number, Target = target, Actor = actor.Value, At, Detail = detail });
        return seq;
    }

    private byte[] User(UserId id) =>
        First<UserRow>($"SELECT {UserRow.Columns("users")} FROM users WHERE id = @Value", new { id.Value })?.ToJson()
            ?? throw new InvalidOperationException($"user {id} is not in the store");
}
