using System.Buffers;
using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Codecs;
using Maru.Server.Platform.Text;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Search;

/// <summary>
/// Finds messages for their readers: the index says which may be meant, and each is read as it is now, by the right of the one who asks.
/// So nothing is found that is deleted, was said otherwise, or is not theirs to see, however far behind the index is. Any thread.
/// </summary>
internal sealed class SearchPages(Database database, ISearchIndex index, SearchCursors cursors, SearchMetrics metrics, TimeProvider time)
{
    /// <summary>Rooms up to which the index looks in each; of more it looks in all, and leaves the others out.</summary>
    private const int FewRooms = 40;

    private const int HitsAtOnce = 200;

    /// <summary>Hits that one page looks at: beyond it the page is short, and has a next one.</summary>
    private const int MostHits = 4000;

    /// <summary>Characters of texts that one page looks at, and at most those of one more look: a tenth of a second or so.</summary>
    private const long MostCharacters = 500_000;

    private const int TextColumn = 3;
    private const int RoomColumn = MessageRows.ReaderColumnCount;

    /// <summary>Returns a <see cref="SearchPage"/>.</summary>
    /// <param name="user">who asks</param>
    /// <param name="query">what for</param>
    /// <param name="sort">the order</param>
    /// <param name="only">the room; null: all of the user's</param>
    /// <param name="before">where the page before ended; null: at the first hit</param>
    /// <param name="size">hits at most</param>
    /// <param name="search">the name of the search, of <see cref="SearchCursors"/></param>
    public async Task<ReadOnlyMemory<byte>> FindAsync(
        UserId user, SearchQuery query, SearchSort sort, long? only, SearchCursor? before, int size, string search, CancellationToken ct)
    {
        var begun = time.GetTimestamp();
        var found = new List<byte[]>();
        SearchCursor? next = null;
        if (await SpanAsync(user, query, only, ct) is var (span, rooms))
        {
            var isBest = sort == SearchSort.Best;
            var hits = isBest ? BestAsync(span, rooms, before, ct) : NewestAsync(span, before, ct);
            Func<SearchHit, SearchCursor> cursor = isBest ? SearchRanking.Cursor : hit => new SearchCursor(0, hit.Id);
            next = await FillAsync(found, user, query, hits, rooms, cursor, size, ct);
        }

        metrics.Seconds.Record(time.GetElapsedTime(begun).TotalSeconds);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        writer.WriteStartObject();
        writer.WriteStartArray("items"u8);
        foreach (var item in found) writer.WriteRawValue(item, skipInputValidation: true);
        writer.WriteEndArray();
        if (next is not null) writer.WriteString("next"u8, cursors.Write(next, search));
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Returns where to look, and the user's rooms; null: nothing can be found there.</summary>
    private async Task<(SearchSpan Span, HashSet<long> Rooms)?> SpanAsync(
        UserId user, SearchQuery query, long? only, CancellationToken ct)
    {
        HashSet<string> tokens = [.. query.Terms.SelectMany(term => term.Tokens)];
        if (query.From is { } from)
        {
            var sender = from == "me" ? user.Value : await database.FirstAsync<long>(
                "SELECT id FROM users WHERE handle = @from AND deleted_at IS NULL", new { from }, ct);
            if (sender == 0) return null;
            tokens.Add(SearchTokens.Sender(sender));
        }

        if (query.HasFile) tokens.Add(SearchTokens.HasFile);
        if (query.HasLink) tokens.Add(SearchTokens.HasLink);
        if (query.MentionsMe) tokens.Add(SearchTokens.Mention(user.Value));
        var rooms = (await database.ListAsync<long>(
            "SELECT me.room_id FROM members me WHERE me.user_id = @user", new { user = user.Value }, ct)).ToHashSet();
        if (query.In is { } name) rooms.IntersectWith(await RoomsAsync(user, name, rooms, ct));
        if (only is { } one) rooms.IntersectWith([one]);
        if (rooms.Count == 0) return null;
        var first = query.After is { } after ? SearchPlace.First(after) : 0;
        var last = query.Before is { } until ? SearchPlace.First(until) : long.MaxValue;
        return (new SearchSpan(tokens, rooms.Count <= FewRooms ? rooms : null, first, last, HitsAtOnce), rooms);
    }

    /// <summary>
    /// Returns those of the user's rooms that an id or a name means: several of one name all, a direct one by the name of the other person,
    /// or their handle. It looks at no other rooms, so that it tells nothing of them.
    /// </summary>
    private async Task<IReadOnlyCollection<long>> RoomsAsync(UserId user, string name, HashSet<long> rooms, CancellationToken ct)
    {
        if (Number.TryRead(name, out var id) && rooms.Contains(id)) return [id];
        return await database.ListAsync<long>(
            """
            SELECT r.id FROM members me JOIN rooms r ON r.id = me.room_id
            LEFT JOIN members o ON o.room_id = CASE r.kind WHEN 'direct' THEN r.id END AND o.user_id <> @user
            LEFT JOIN users p ON p.id = o.user_id
            WHERE me.user_id = @user AND @key <> '' AND (r.name_key = @key OR p.name_key = @key OR '@' || p.handle = @key)
            """,
            new { user = user.Value, key = TextPolicy.NameKey(name) },
            ct);
    }

    /// <summary>Returns the hits, some at a time, the newest first.</summary>
    private async IAsyncEnumerable<IReadOnlyList<SearchHit>> NewestAsync(
        SearchSpan span, SearchCursor? before, [EnumeratorCancellation] CancellationToken ct)
    {
        span = span with { Before = Math.Min(before?.Id ?? long.MaxValue, span.Before) };
        while (true)
        {
            var hits = await index.FindAsync(span, ct);
            yield return hits;
            if (hits.Count < span.Limit) yield break;
            // Who goes on looks at much, and each look at the index may read anew all that has the words.
            span = span with { Before = hits[^1].Id, Limit = Math.Min(4 * span.Limit, MostHits) };
        }
    }

    /// <summary>Returns those of the newest hits that are in the user's rooms, some at a time, the best first.</summary>
    private async IAsyncEnumerable<IReadOnlyList<SearchHit>> BestAsync(
        SearchSpan span, HashSet<long> rooms, SearchCursor? before, [EnumeratorCancellation] CancellationToken ct)
    {
        var hits = await index.FindAsync(span with { Limit = SearchRanking.Hits }, ct);
        yield return [.. SearchRanking.Order(hits.Where(hit => rooms.Contains(hit.RoomId)), before)];
    }

    /// <summary>Adds what is found; returns where it ended, or null: there is no more.</summary>
    private async Task<SearchCursor?> FillAsync(
        List<byte[]> found,
        UserId user,
        SearchQuery query,
        IAsyncEnumerable<IReadOnlyList<SearchHit>> all,
        HashSet<long> rooms,
        Func<SearchHit, SearchCursor> cursor,
        int size,
        CancellationToken ct)
    {
        SearchHit? last = null, shown = null;
        var (looked, characters) = (0, 0L);
        await foreach (var hits in AtOnce(all).WithCancellation(ct))
        {
            if ((looked >= MostHits || characters >= MostCharacters) && last is not null) return cursor(last);
            var (messages, read) = await ReadAsync(user, query, [.. hits.Where(hit => rooms.Contains(hit.RoomId))], ct);
            characters += read;
            foreach (var hit in hits)
            {
                if (messages.TryGetValue((hit.RoomId, hit.Seq), out var json))
                {
                    if (found.Count == size) return cursor(shown!);
                    found.Add(json);
                    shown = hit;
                }

                last = hit;
            }

            looked += hits.Count;
        }

        return null;
    }

    private static async IAsyncEnumerable<IReadOnlyList<SearchHit>> AtOnce(IAsyncEnumerable<IReadOnlyList<SearchHit>> all)
    {
        await foreach (var hits in all)
        {
            foreach (var some in hits.Chunk(HitsAtOnce)) yield return some;
        }
    }

    /// <summary>
    /// Returns those of the messages that the user sees and that are as the query has it, as JSON, and how many characters it looked at.
    /// </summary>
    private async Task<(Dictionary<(long Room, long Seq), byte[]> Messages, long Characters)> ReadAsync(
        UserId user, SearchQuery query, IReadOnlyList<SearchHit> hits, CancellationToken ct)
    {
        Dictionary<(long, long), byte[]> messages = [];
        if (hits.Count == 0) return (messages, 0);
        var characters = 0L;
        await using var connection = await database.OpenReadAsync(ct);
        await using var row = await Queries.RowsAsync(
            connection,
            $"""
            WITH x (room_id, seq) AS ROWS @keys
            SELECT {MessageRows.ReaderColumns}, m.room_id
            FROM x CROSS JOIN members me CROSS JOIN messages m {MessageRows.Joins}
            WHERE me.room_id = x.room_id AND me.user_id = @user AND m.room_id = x.room_id AND m.seq = x.seq
              AND m.deleted_at IS NULL AND {VisibleSql.Message}
            """,
            new { keys = Dialect.Rows(hits.Select(hit => (long[])[hit.RoomId, hit.Seq])), user = user.Value });
        var buffer = new ArrayBufferWriter<byte>(1024);
        await using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        while (await row.ReadAsync(CancellationToken.None))
        {
            characters += row.GetString(TextColumn).Length;
            var files = MessageRows.FileNames(row);
            if (!Passes(row, query, user, files) || Highlights(row.GetString(TextColumn), files, query) is not { } highlights) continue;
            buffer.ResetWrittenCount();
            writer.Reset(buffer);
            var room = row.GetInt64(RoomColumn);
            MessageRows.Write(
                writer, row, new RoomId(room), highlights: highlights.Text, fileHighlights: highlights.Files);
            await writer.FlushAsync(CancellationToken.None);
            messages[(room, row.GetInt64(0))] = buffer.WrittenSpan.ToArray();
        }

        return (messages, characters);
    }

    /// <summary>Returns whether the filters hold of the message as it is now.</summary>
    private static bool Passes(DbDataReader row, SearchQuery query, UserId user, IReadOnlyList<string> files) =>
        (!query.HasFile || files.Count > 0)
        && (!query.HasLink || SearchTokens.HasALink(row.GetString(TextColumn)))
        && (!query.MentionsMe || MessageRows.Mentions(row, user));

    /// <summary>
    /// Returns where the text and the names of the files have what is searched for, as JSON arrays; null: they do not have all of it. Of
    /// files there is none where no name has any.
    /// </summary>
    private static (byte[] Text, byte[]? Files)? Highlights(string text, IReadOnlyList<string> files, SearchQuery query)
    {
        SearchedText said = new(text);
        SearchedText[] names = [.. files.Select(name => new SearchedText(name))];
        SearchedText[] all = [said, .. names];
        if (query.Without.Any(term => all.Any(one => one.Has(term)))) return null;
        foreach (var term in query.Terms)
        {
            var isThere = false;
            foreach (var one in all) isThere |= one.Mark(term);
            if (!isThere) return null;
        }

        return (ToJson([said], isFiles: false), names.Any(name => name.Places.Count > 0) ? ToJson(names, isFiles: true) : null);
    }

    private static byte[] ToJson(SearchedText[] texts, bool isFiles)
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        writer.WriteStartArray();
        for (var i = 0; i < texts.Length; i++)
        {
            foreach (var (start, length) in texts[i].Places.Order())
            {
                writer.WriteStartObject();
                if (isFiles) writer.WriteNumber("file"u8, i);
                writer.WriteNumber("start"u8, start);
                writer.WriteNumber("length"u8, length);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
