using System.Collections.Concurrent;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Maru.Server.Audit;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Storage;

namespace Maru.Server.Features.Files;

/// <summary>Knows which contents the file store must have for rows of one table, and looks whether they are there.</summary>
internal interface IContentCheck
{
    /// <summary>The table whose rows have the contents; what is to go has a time in <c>deleted_at</c>.</summary>
    string Table { get; }

    Task<CheckReport> CheckAsync(CancellationToken ct);

    /// <summary>Returns the contents that must be there in one state of the store.</summary>
    IAsyncEnumerable<Content> ListAsync(DbTransaction snapshot, CancellationToken ct);
}

/// <summary>One content in the file store.</summary>
/// <param name="Table">the table of its row</param>
/// <param name="Id">the row</param>
/// <param name="Key">its name in the store</param>
/// <param name="Size">bytes; null: nothing tells</param>
/// <param name="MadeAt">of the row, unix milliseconds: a restored store gives lost numbers again, and this tells the new content</param>
internal sealed record Content(string Table, long Id, string Key, long? Size, long MadeAt);

/// <summary>
/// Looks whether the content of every row is in the file store. It asks for sizes and reads no content, and for few at a time, so that a
/// store which others use meanwhile bears it. Any thread.
/// </summary>
/// <typeparam name="T">what is read of a row</typeparam>
internal abstract class ContentCheck<T>(Database database, IFileStore store, TimeProvider time) : IContentCheck
    where T : CheckedContent
{
    private const int Page = 500;
    private const int AtOnce = 8;

    public abstract string Table { get; }

    /// <summary>One word, for the report.</summary>
    protected abstract string Name { get; }

    /// <summary>Selects the rows whose content must be there, with their <c>id</c> and <c>created_at</c>.</summary>
    protected abstract string Sql { get; }

    public async Task<CheckReport> CheckAsync(CancellationToken ct)
    {
        var (report, begun, last) = (new CheckReport(Name), time.GetTimestamp(), 0L);
        while (await ListAsync(last, ct) is { Count: > 0 } page)
        {
            var wrong = await FindAsync(page, ct);
            // What was deleted meanwhile is no drift
            var there = wrong.IsEmpty ? [] : await database.ListAsync<long>(
                $"SELECT x.id FROM ({Sql}) x WHERE x.id IN @ids", new { ids = wrong.Select(x => x.Id).Distinct().ToArray() }, ct);
            var drift = wrong.Where(x => there.Contains(x.Id)).OrderBy(x => x.Id).Select(x => new Drift(0, x.Text)).ToArray();
            report.Add(new Look(page.Count, drift));
            report.Left += drift.Length;
            last = page[^1].Id;
        }

        report.Time = time.GetElapsedTime(begun);
        return report;
    }

    public async IAsyncEnumerable<Content> ListAsync(DbTransaction snapshot, [EnumeratorCancellation] CancellationToken ct)
    {
        var last = 0L;
        while (await snapshot.ListAsync<T>(PageSql, new { after = last }, ct) is { Count: > 0 } page)
        {
            foreach (var row in page)
            {
                foreach (var (_, key, size) in row.Contents) yield return new Content(Table, row.Id, key, size, row.CreatedAt);
            }

            last = page[^1].Id;
        }
    }

    private string PageSql => $"SELECT x.* FROM ({Sql}) x WHERE x.id > @after ORDER BY x.id LIMIT {Page}";

    private Task<IReadOnlyList<T>> ListAsync(long after, CancellationToken ct) => database.ListAsync<T>(PageSql, new { after }, ct);

    private async Task<ConcurrentBag<(long Id, string Text)>> FindAsync(IReadOnlyList<T> page, CancellationToken ct)
    {
        var wrong = new ConcurrentBag<(long, string)>();
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct };
        await Parallel.ForEachAsync(page, bounds, async (row, token) =>
        {
            foreach (var (name, key, right) in row.Contents)
            {
                await using var content = await store.OpenAsync(key, token);
                if (Fault(content?.Length, right) is { } fault) wrong.Add((row.Id, $"{name} {fault}"));
            }
        });
        return wrong;
    }

    /// <param name="size">null: it is not there</param>
    /// <param name="right">null: nothing tells it</param>
    private static string? Fault(long? size, long? right) => size switch
    {
        null => "is not there",
        0 when right is null => "is empty",
        _ when right is not null && size != right => $"has {size} bytes, right is {right}",
        _ => null,
    };
}

/// <summary>A row that has content in the file store.</summary>
internal abstract record CheckedContent(long Id, long CreatedAt)
{
    /// <summary>What it is, for people, its key and its size; null: nothing tells the size.</summary>
    public abstract IEnumerable<(string Name, string Key, long? Size)> Contents { get; }
}
