using System.Data.Common;
using Maru.Server.Storage;

namespace Maru.Server.Audit;

/// <summary>Recounts what single messages keep, in pages of them.</summary>
/// <typeparam name="T">what is read of a message</typeparam>
internal abstract class MessageCheck<T> : IStoreCheck
    where T : CheckedMessage
{
    protected const int Page = 5000;

    public abstract string Name { get; }

    /// <summary>
    /// Reads the next <see cref="Page"/> messages behind <c>(@room, @seq)</c>, in the order of the log, up to the room <c>@Last</c>.
    /// </summary>
    protected abstract string Sql { get; }

    public async Task<Look> LookAsync(DbTransaction snapshot, RoomSpan rooms, CancellationToken ct)
    {
        List<Drift> drift = [];
        var (rows, room, seq) = (0L, rooms.First, 0L);
        while (true)
        {
            var page = await snapshot.ListAsync<T>(Sql, new { room, seq, rooms.Last }, ct);
            foreach (var message in page)
            {
                if (message.IsCounted) rows++;
                if (message.FindDrift() is { } found) drift.Add(found);
            }

            if (page.Count < Page) return new Look(rows, drift);
            (room, seq) = (page[^1].RoomId, page[^1].Seq);
        }
    }
}

/// <summary>What a check reads of a message.</summary>
internal abstract record CheckedMessage(long RoomId, long Seq)
{
    /// <summary>There is something to recount.</summary>
    public abstract bool IsCounted { get; }

    /// <summary>Returns what is wrong with it; null: nothing.</summary>
    public abstract Drift? FindDrift();
}
