using System.Data.Common;
using Maru.Engine.Log;
using Maru.Server.Storage;

namespace Maru.Server.Audit;

/// <summary>
/// Each room's log: entries 1, 2, 3 … without gaps, messages with their numbers, and the head that says how far both go.
/// </summary>
internal sealed class LogCheck : IStoreCheck
{
    private const int Page = 10_000;

    public string Name => "logs";

    public async Task<Look> LookAsync(DbTransaction snapshot, RoomSpan rooms, CancellationToken ct)
    {
        var heads = await snapshot.ListAsync<Head>(
            "SELECT room_id, last_seq, messages FROM room_heads WHERE room_id >= @First AND room_id <= @Last ORDER BY room_id", rooms, ct);
        var logs = heads.Select(x => new LogRecount(x.RoomId)).ToDictionary(x => x.Room);
        var (rows, room, seq) = (0L, rooms.First, 0L);
        while (true)
        {
            var page = await snapshot.ListAsync<Entry>(
                $"""
                SELECT room_id, seq, number, type FROM (
                  SELECT room_id, seq, number, type FROM messages
                  WHERE (room_id, seq) > (@room, @seq) AND room_id <= @Last ORDER BY room_id, seq LIMIT {Page}) m
                UNION ALL
                SELECT room_id, seq, number, type FROM (
                  SELECT room_id, seq, CAST(-1 AS BIGINT) AS number, type FROM changes
                  WHERE (room_id, seq) > (@room, @seq) AND room_id <= @Last ORDER BY room_id, seq LIMIT {Page}) c
                ORDER BY room_id, seq LIMIT {Page}
                """,
                new { room, seq, rooms.Last },
                ct);
            foreach (var entry in page)
            {
                if (!logs.TryGetValue(entry.RoomId, out var log)) logs.Add(entry.RoomId, log = new LogRecount(entry.RoomId));
                log.Add(entry.Seq, entry.Type == EntryKind.MessageCreated.Number, entry.Number);
            }

            rows += page.Count;
            if (page.Count < Page) break;
            (room, seq) = (page[^1].RoomId, page[^1].Seq);
        }

        var kept = heads.ToDictionary(x => x.RoomId);
        return new Look(rows, [.. logs.Values.SelectMany(log => log.End(kept.TryGetValue(log.Room, out var head) ? head : null))]);
    }

    /// <summary>A room's head, as it is kept.</summary>
    internal sealed record Head(long RoomId, long LastSeq, long Messages);

    /// <param name="RoomId">the room</param>
    /// <param name="Seq">its place in the log</param>
    /// <param name="Number">of the room's last message up to here; -1: changes have none</param>
    /// <param name="Type">an <see cref="EntryKind"/></param>
    private sealed record Entry(long RoomId, long Seq, long Number, long Type);
}
