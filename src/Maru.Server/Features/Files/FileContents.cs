using System.Collections.Concurrent;
using Maru.Server.Audit;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Files;
using Maru.Server.RoomLog;
using Maru.Server.Storage;

namespace Maru.Server.Features.Files;

/// <summary>
/// Looks whether the content of every file is in the file store, in its size. It asks for sizes and reads no content, and for few at a
/// time, so that a store which others use meanwhile bears it. Any thread.
/// </summary>
internal sealed class FileContents(Database database, IFileStore store, TimeProvider time)
{
    private const int Page = 500;
    private const int AtOnce = 8;

    public async Task<CheckReport> CheckAsync(CancellationToken ct)
    {
        var (report, begun, last) = (new CheckReport("contents"), time.GetTimestamp(), 0L);
        while (await ListAsync(last, ct) is { Count: > 0 } page)
        {
            var wrong = await FindAsync(page, ct);
            // What was deleted meanwhile is no drift
            var there = wrong.IsEmpty ? [] : await database.ListAsync<long>(
                $"SELECT f.id FROM files f WHERE f.id IN @ids AND {FileRows.IsThere}", new { ids = wrong.Select(x => x.Id).ToArray() }, ct);
            var drift = wrong.Where(x => there.Contains(x.Id)).OrderBy(x => x.Id).Select(x => new Drift(0, x.Text)).ToArray();
            report.Add(new Look(page.Count, drift));
            report.Left += drift.Length;
            last = page[^1].Id;
        }

        report.Time = time.GetElapsedTime(begun);
        return report;
    }

    private Task<IReadOnlyList<Row>> ListAsync(long after, CancellationToken ct) => database.ListAsync<Row>(
        $"SELECT f.id, f.kind, f.size FROM files f WHERE f.id > @after AND {FileRows.IsThere} ORDER BY f.id LIMIT {Page}",
        new { after },
        ct);

    private async Task<ConcurrentBag<(long Id, string Text)>> FindAsync(IReadOnlyList<Row> page, CancellationToken ct)
    {
        var wrong = new ConcurrentBag<(long, string)>();
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct };
        await Parallel.ForEachAsync(page, bounds, async (file, token) =>
        {
            string[] variants = file.Kind == (long)FileKind.Image
                ? [FileKeys.Original, FileKeys.Small, FileKeys.Large]
                : [FileKeys.Original];
            foreach (var variant in variants)
            {
                await using var content = await store.OpenAsync(FileKeys.Of(file.Id, variant), token);
                var size = content?.Length ?? 0;
                // Of the smaller ones nothing tells the size
                if (variant == FileKeys.Original ? size == file.Size : size > 0) continue;
                wrong.Add((file.Id, $"file {file.Id}: its {variant} {Found(content is null, size, variant, file.Size)}"));
            }
        });
        return wrong;
    }

    private static string Found(bool isMissing, long size, string variant, long right) => isMissing
        ? "is not there"
        : variant == FileKeys.Original ? $"has {size} bytes, right is {right}" : "is empty";

    private sealed record Row(long Id, long Kind, long Size);
}
