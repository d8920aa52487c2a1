using System.Data.Common;
using System.Runtime.CompilerServices;
using Maru.Server.Backup.Places;
using Maru.Server.Features.Files;
using Maru.Server.Features.Files.Stores;

namespace Maru.Server.Backup;

/// <summary>The contents of files in a backup. A content never changes, so it is copied once. One user.</summary>
internal sealed class ContentCopies(
    BackupWriter target, IFileStore files, IEnumerable<IContentCheck> contents, BackupReader? earlier, BackupProgress progress)
{
    private const int MostNames = 1000;     // in the manifest, of contents that are lost

    /// <summary>Notes which contents a state of the store has.</summary>
    public async Task ListAsync(DbTransaction snapshot, CancellationToken ct)
    {
        target.Parts.WantNothing();
        await foreach (var content in AllAsync(snapshot, ct)) target.Parts.Want(content);
    }

    /// <summary>Copies those that are missing, and are in the file store.</summary>
    public async Task AddAsync(CancellationToken ct)
    {
        var all = target.Parts.Wanted;
        var done = Math.Min(all, target.Parts.Contents);
        foreach (var content in target.Parts.Missing())
        {
            ct.ThrowIfCancellationRequested();
            await TryAddAsync(content, ct);
            progress("files", Math.Min(++done, all), all);
        }
    }

    /// <summary>Tells contents that were deleted meanwhile from those that should be there.</summary>
    /// <param name="snapshot">a later state of the store</param>
    /// <param name="ct">ends it</param>
    public async Task<(Dictionary<string, long[]> Deleted, long LostCount, string[] Lost)> SortAsync(
        DbTransaction snapshot, CancellationToken ct)
    {
        if (!target.Parts.Missing().Any()) return ([], 0, []);
        await foreach (var content in AllAsync(snapshot, ct)) target.Parts.WantStill(content);
        var (count, some) = target.Parts.Lost(MostNames);
        return (target.Parts.Deleted(), count, some);
    }

    private async IAsyncEnumerable<Content> AllAsync(
        DbTransaction snapshot, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var some in contents)
        {
            await foreach (var content in some.ListAsync(snapshot, ct)) yield return content;
        }
    }

    private async Task TryAddAsync(Content content, CancellationToken ct)
    {
        var part = BackupParts.Of(content);
        if (await target.TryShareAsync(part, earlier, content.Size, () => files.OpenAsync(content.Key, ct), ct)) return;
        await using var from = await files.OpenAsync(content.Key, ct);
        if (from is null || (content.Size is { } size && from.Length != size)) return;
        await target.AddAsync(part, from, ct);
    }
}
