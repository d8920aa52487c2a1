using System.Text;
using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Commit;
using Maru.Engine.Log;
using Maru.Engine.Output;

namespace Maru.Testing;

/// <summary>A room's log by itself: drafts are appended to the store past the engine's queue.</summary>
internal sealed class LogRig(IRoomLog log)
{
    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static MessageDraft Say(Right who, string text, string? key = null, long replyTo = 0) => new(
        who,
        "{}"u8.ToArray(),
        new MessageBody { Text = Encoding.UTF8.GetBytes(text), ReplyTo = replyTo },
        key is null ? null : Encoding.UTF8.GetBytes(key),
        default,
        new Nobody());

    public static TransactionDraft Together(params MessageDraft[] messages) => new(messages, new Nobody());

    /// <summary>Appends one batch, on a thread that may block.</summary>
    public Task AppendAsync(params Draft[] drafts) => Task.Run(() => log.Append(new BatchPlan().Arrange([.. drafts])));

    /// <summary>Returns the room's log: <c>seq text</c>, or <c>seq kind</c> of an entry that is no message.</summary>
    public async Task<List<string>> ReadAsync(long room, long after = 0, long last = long.MaxValue, int maxBytes = int.MaxValue) =>
        [.. from entry in await log.ReadAsync(new RoomId(room), after, last, maxBytes, Ct) select $"{entry.Seq} {TextOf(entry)}"];

    /// <summary>Returns the room's log, with the number of each entry.</summary>
    public async Task<List<(string Text, long Number)>> NumbersAsync(long room) =>
        [.. from entry in await log.ReadAsync(new RoomId(room), 0, long.MaxValue, int.MaxValue, Ct) select (TextOf(entry), entry.Number)];

    private static string TextOf(Entry entry) => entry.Kind.IsMessage
        ? JsonDocument.Parse(entry.Body).RootElement.GetProperty("message").GetProperty("text").GetString() ?? ""
        : entry.Kind.ToString();

    /// <summary>An owner that ignores the outcome.</summary>
    private sealed class Nobody : IDraftOwner
    {
        public void Settled(Draft draft, FlushList flush)
        {
        }
    }
}

/// <summary>A right that no room of an engine granted.</summary>
internal sealed class Elsewhere(long room, long user) : Right(new RoomId(room), new UserId(user));
