using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Engine.Rooms;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Messages;

/// <summary>
/// Sends messages for clients without a socket, on the sockets' own path: the engine's membership, its queue, the room's log. Any thread.
/// </summary>
internal sealed class MessageSends(ChatEngine engine, Database database, ForwardReads forwards)
{
    private readonly BatchReader<long, UserRow> _senders = new(
        users => database.ListAsync<UserRow>(
            $"SELECT {UserRow.Columns("users")} FROM users WHERE id IN @users AND deleted_at IS NULL",
            new { users },
            CancellationToken.None),
        x => x.Id);

    /// <summary>Completes when the message is durable, or refused.</summary>
    /// <param name="key">the idempotency key, UTF-8, or null</param>
    public async Task<Sent> SendAsync(RoomId room, UserId user, MessageBody body, byte[]? key, CancellationToken ct)
    {
        if (body.Forward is not { } forward)
            return await SendAsync(room, user, (right, sender, owner) => MessageDraft.Of(right, sender, body, key, default, owner), ct);
        var found = await forwards.ReadAsync(user, forward);
        return await SendAsync(
            room, user, (right, sender, owner) => new ForwardDraft(right, sender, body, forward, found, key, default, owner), ct);
    }

    /// <inheritdoc cref="SendAsync(RoomId, UserId, MessageBody, byte[], CancellationToken)"/>
    /// <param name="make">makes the draft</param>
    public async Task<Sent> SendAsync(RoomId room, UserId user, Func<Right, byte[], IDraftOwner, MessageDraft> make, CancellationToken ct)
    {
        var profile = await _senders.FindAsync(user.Value, ct);
        if (profile is null) return new Sent(Problem.NotFound);
        Membership? membership = null;
        try
        {
            // Not cancelled with the request: a client that enters must leave.
            membership = await engine.Rooms.EnterAsync(room, user, engine.Stopping);
            if (membership is null) return new Sent(Problem.NotFound);
            var outcome = new Awaiter();
            var draft = make(membership, profile.ToJson(), outcome);
            await engine.AppendAsync(draft);
            await outcome.Task;
            return new Sent(draft.Refusal) { Seq = draft.Seq, IsRepeat = draft.IsRepeat, Json = draft.Json };
        }
        catch (OperationCanceledException) when (engine.Stopping.IsCancellationRequested)
        {
            return new Sent(Problem.ShuttingDown);
        }
        finally
        {
            if (membership is not null) RoomTable.Leave(membership);
        }
    }
}

/// <summary>The outcome of a send.</summary>
/// <param name="Refusal">null: it is durable</param>
internal sealed record Sent(Refusal? Refusal)
{
    public long Seq { get; init; }

    /// <summary>True when the key had been used for this message before; nothing was written now.</summary>
    public bool IsRepeat { get; init; }

    /// <summary>The <see cref="Message"/>; empty for a repeat.</summary>
    public ReadOnlyMemory<byte> Json { get; init; }
}
