using Maru.Server.Storage;

namespace Maru.Server.Features.Search;

/// <summary>
/// How far the index is that is to be made of all messages: in the store, so that every node and command knows it. Any thread.
/// </summary>
internal sealed class SearchState(Database database)
{
    /// <summary>Wants the index made anew; what is under way begins from the start.</summary>
    /// <returns>the number of that time</returns>
    public Task<long> WantAsync(CancellationToken ct) => database.WriteAsync(
        async (transaction, inner) =>
        {
            await transaction.ExecuteAsync(
                "UPDATE search_state SET version = @Version, wanted = wanted + 1, room_id = 0, seq = 0", new { Tokenizer.Version }, inner);
            return await transaction.FirstAsync<long>("SELECT wanted FROM search_state", null, inner);
        },
        ct);

    public async Task<SearchProgress> ReadAsync(CancellationToken ct) =>
        await database.FirstAsync<SearchProgress>("SELECT version, wanted, built, room_id, seq FROM search_state", null, ct)
        ?? throw new InvalidDataException("search_state has no row.");

    /// <summary>Returns how many entries the logs of the rooms have from one on, up to before another one.</summary>
    public Task<long> SumAsync(long from, long before, CancellationToken ct) => database.FirstAsync<long>(
        "SELECT CAST(coalesce(sum(last_seq), 0) AS BIGINT) FROM room_heads WHERE room_id >= @from AND room_id < @before",
        new { from, before },
        ct);

    public Task<IReadOnlyList<long>> ListRoomsAsync(long after, int limit, CancellationToken ct) => database.ListAsync<long>(
        "SELECT room_id FROM room_heads WHERE room_id > @after ORDER BY room_id LIMIT @limit", new { after, limit }, ct);

    /// <summary>Notes that all up to an entry of a room is done; false: the index is wanted anew meanwhile.</summary>
    public Task<bool> MoveAsync(long wanted, long room, long seq, CancellationToken ct) => database.WriteAsync(
        async (transaction, inner) => await transaction.ExecuteAsync(
            "UPDATE search_state SET room_id = @room, seq = @seq WHERE wanted = @wanted", new { wanted, room, seq }, inner) > 0,
        ct);

    /// <summary>Notes that it is complete, unless it is wanted anew meanwhile.</summary>
    public Task FinishAsync(long wanted, CancellationToken ct) => database.WriteAsync(
        (transaction, inner) => transaction.ExecuteAsync(
            "UPDATE search_state SET built = @wanted WHERE wanted = @wanted", new { wanted }, inner),
        ct);
}

/// <summary>How far the index is.</summary>
/// <param name="Version">of the tokens that it is to have</param>
/// <param name="Wanted">the number of times that it was to be made anew</param>
/// <param name="Built">the last of these that was completed</param>
/// <param name="RoomId">the room up to which it is made, rooms in the order of their ids</param>
/// <param name="Seq">and the entry there</param>
internal sealed record SearchProgress(long Version, long Wanted, long Built, long RoomId, long Seq)
{
    public bool IsBuilt => Built == Wanted;
}
