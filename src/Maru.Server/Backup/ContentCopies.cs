using Maru.Server.Features.Files;
using Maru.Server.Features.Files.Stores;

namespace Maru.Server.Backup;

/// <summary>The contents of files in a backup. A content never changes, so it is copied once. One user.</summary>
internal sealed class ContentCopies(BackupFolder target, IFileStore files, BackupReader? earlier, BackupProgress progress)
{
    private readonly HashSet<string> _there = [];

    public bool Has(Content content) => _there.Contains(content.Key);

    /// <summary>Returns whether the content is in the earlier backup, so that it takes no room of its own.</summary>
    public bool IsLinked(Content content) => earlier?.Sums.ContainsKey(BackupRun.PartOf(content.Key)) is true;

    /// <summary>Copies those that are missing, and are in the file store.</summary>
    public async Task AddAsync(IReadOnlyList<Content> contents, CancellationToken ct)
    {
        var all = contents.Count;
        for (var i = 0; i < all; i++)
        {
            ct.ThrowIfCancellationRequested();
            if (!_there.Contains(contents[i].Key) && await TryAddAsync(contents[i], ct)) _there.Add(contents[i].Key);
            progress("files", i + 1, all);
        }
    }

    /// <summary>Takes those out again that the store did not have any more.</summary>
    public void KeepOnly(IReadOnlyList<Content> contents)
    {
        foreach (var key in _there.Except(contents.Select(x => x.Key)).ToArray())
        {
            target.Remove(BackupRun.PartOf(key));
            _there.Remove(key);
        }
    }

    private async Task<bool> TryAddAsync(Content content, CancellationToken ct)
    {
        var name = BackupRun.PartOf(content.Key);
        if (earlier?.Sums.TryGetValue(name, out var sum) is true && target.TryLink(name, sum, earlier.Path, content.Size)) return true;
        await using var from = await files.OpenAsync(content.Key, ct);
        if (from is null || (content.Size is { } size && from.Length != size)) return false;
        await target.AddAsync(name, from, ct);
        return true;
    }
}
