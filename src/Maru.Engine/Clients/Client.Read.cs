using Maru.Engine.Log;
using Maru.Engine.Problems;

namespace Maru.Engine.Clients;

internal sealed partial class Client
{
    private const int ReadBytes = 256;

    /// <summary>Moves the user's position in a room. Completes when the next may be sent; the outcome comes by the ticket.</summary>
    /// <inheritdoc cref="SendAsync(RoomId, ReadOnlySpan{byte}, byte[], Ticket, Transaction, MessageTrace)"/>
    /// <param name="json"><c>{seq, unread?}</c></param>
    public ValueTask ReadAsync(RoomId room, ReadOnlySpan<byte> json, Ticket ticket, Transaction? transaction)
    {
        if (!IsAlone(ticket, transaction)) return default;
        if (!ReadMark.TryRead(json, out var mark, out var refusal))
        {
            Refuse(ticket, refusal);
            return default;
        }

        parts.Presence.Act(connection);
        connection.InFlight.Take(ReadBytes);
        _ = MarkReadAsync(room, mark, ticket);
        return WithinBound();
    }

    private async Task MarkReadAsync(RoomId room, ReadMark mark, Ticket ticket)
    {
        try
        {
            var problem = await parts.MarkRead(room, connection.User!.Id, mark).ConfigureAwait(false);
            if (problem is null) Acknowledge(ticket);
            else Refuse(ticket, new Refusal(problem));
        }
        catch (Exception e)
        {
            RefuseUnread(e, ticket);
        }
        finally
        {
            connection.InFlight.Return(ReadBytes);
        }
    }
}
