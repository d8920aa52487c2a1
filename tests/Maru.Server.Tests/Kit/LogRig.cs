using System.Text;
using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Commit;
using Maru.Engine.Log;
using Maru.Engine.Rooms;
using Maru.Server.RoomLog;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Kit;

/// <summary>A room's log by itself: drafts are appended to the store past the engine's queue.</summary>
internal sealed class LogRig(IRoomLog log)
{
    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A new room and its members' rights.</summary>
    public static async Task<(long Room, Membership[] Members)> MakeRoomAsync(MaruServer server, params Person[] people)
    {
        var room = await people[0].MakeRoomAsync(members: [.. people.Skip(1).Select(x => x.Id)]);
        List<Membership> members = [];
        var rooms = server.Service<ChatEngine>().Rooms;
        foreach (var person in people)
            members.Add((await rooms.EnterAsync(new RoomId(room.Id), new UserId(person.Id), Ct)).ShouldNotBeNull());
        return (room.Id, [.. members]);
    }

    public static MessageDraft Say(Right who, string text, string? key = null, long replyTo = 0) => new(
        who,
        "{}"u8.ToArray(),
        new MessageBody { Text = Encoding.UTF8.GetBytes(text), ReplyTo = replyTo },
        key is null ? null : Encoding.UTF8.GetBytes(key),
        default,
        new Awaiter());

    /// <summary>A change of the room that says so in its log, unless it is refused or fails.</summary>
    public static RoomWrite Change(Right who, Problem? refusal = null, Exception? failure = null) => new(
        who.RoomId,
        who.User,
        transaction =>
        {
            transaction.Execute(
                "UPDATE rooms SET description = description || '+' WHERE id = @room", new { room = transaction.Room.Value });
            transaction.AppendSystem(EntryKind.RoomChanged, who.User, null, "{}"u8.ToArray());
            if (failure is not null) throw failure;
            return refusal;
        },
        new Awaiter());

    public static TransactionDraft Together(params MessageDraft[] messages) => new(messages, new Awaiter());

    /// <summary>One batch.</summary>
    public void Append(params Draft[] drafts) => log.Append(new BatchPlan().Arrange([.. drafts]));

    /// <summary>What is in the room's log: <c>seq text</c>, or <c>seq type</c> of what is no message.</summary>
    public async Task<List<string>> ReadAsync(long room, long after = 0, long last = long.MaxValue, int maxBytes = int.MaxValue) =>
    [
        .. from entry in await log.ReadAsync(new RoomId(room), after, last, maxBytes, Ct)
           select $"{entry.Seq} {(entry.Kind == EntryKind.MessageCreated ? TextOf(entry) : entry.Kind.ToString())}",
    ];

    private static string? TextOf(Entry entry) =>
        JsonDocument.Parse(entry.Body).RootElement.GetProperty("message").GetProperty("text").GetString();
}

/// <summary>A right that no room gave.</summary>
internal sealed class Elsewhere(RoomId room, UserId user) : Right(room, user);
