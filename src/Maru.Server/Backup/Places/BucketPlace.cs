using System.Runtime.CompilerServices;
using Maru.Server.Configuration;
using Maru.Server.Features.Files.Stores;

namespace Maru.Server.Backup.Places;

/// <summary>
/// Backups in a part of a bucket: each has its parts below its name, and all share the contents below <c>files/</c>. One that is there
/// already is not sent again.
/// </summary>
/// <param name="options">the bucket and the part of it</param>
internal sealed class BucketPlace(S3Options options) : IBackupPlace
{
    private const string MediaType = "application/octet-stream";

    private readonly S3Files _bucket = new(options);

    public string NameOf(string backup) => $"s3://{options.Bucket}/{options.Prefix}{backup}";

    public async Task<IPlaceClaim> ClaimAsync(CancellationToken ct)
    {
        await _bucket.CheckAsync(ct, "The bucket of backups");
        return await BucketClaim.TakeAsync(_bucket, NameOf(""), ct);
    }

    public async Task<(IReadOnlyList<string> Whole, IReadOnlyList<string> Broken)> ListAsync(CancellationToken ct)
    {
        var (whole, begun) = (new SortedSet<string>(StringComparer.Ordinal), new SortedSet<string>(StringComparer.Ordinal));
        // as all of them begin, and nothing else
        await foreach (var (key, _) in _bucket.ListSizesAsync("2", ct))
        {
            if (key.IndexOf('/') is not (> 0 and var end) || !BackupParts.IsName(key[..end])) continue;
            if (key[(end + 1)..] == BackupParts.Manifest) whole.Add(key[..end]);
            if (key[(end + 1)..] == BackupParts.Begun) begun.Add(key[..end]);
        }

        return ([.. whole], [.. begun.Except(whole)]);
    }

    public async Task BeginAsync(string backup, CancellationToken ct)
    {
        await foreach (var _ in _bucket.ListSizesAsync($"{backup}/", ct))
            throw new StartException($"There is something at {NameOf(backup)} already. Try again.");
        await PutAsync(backup, BackupParts.Begun, Stream.Null, 0, ct);
    }

    public void CheckRoom(long bytes)
    {
        // a bucket does not say
    }

    public void CheckName(string part) => KeyOf("", part);

    public string? PathOf(string backup, string part) => null;

    public Task PutAsync(string backup, string part, Stream from, long? size, CancellationToken ct) =>
        _bucket.PutAsync(KeyOf(backup, part), from, MediaType, ct, size);

    public Task<Stream?> OpenAsync(string backup, string part, CancellationToken ct) => _bucket.OpenAsync(KeyOf(backup, part), ct);

    public IAsyncEnumerable<(string Part, long Size)> SharedAsync(string? earlier, CancellationToken ct) =>
        _bucket.ListSizesAsync("files/", ct).Where(x => BackupParts.IsSharedContent(x.Key));

    public async IAsyncEnumerable<(string Part, long Size)> PartsAsync(string backup, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var (key, size) in _bucket.ListSizesAsync($"{backup}/", ct)) yield return (key[(backup.Length + 1)..], size);
        await foreach (var shared in SharedAsync(null, ct)) yield return shared;
    }

    public bool TryShare(string backup, string part, string? earlier) => true;      // it is there

    /// <summary>What was shared is another backup's.</summary>
    public Task LeaveOutAsync(string backup, string part, bool isShared, CancellationToken ct) =>
        isShared ? Task.CompletedTask : _bucket.DeleteAsync([KeyOf(backup, part)], ct);

    public async Task SealAsync(string backup, byte[] manifest, CancellationToken ct)
    {
        using var content = new MemoryStream(manifest);
        await _bucket.PutAsync(KeyOf(backup, BackupParts.Manifest), content, MediaType, ct);
    }

    public async Task RemoveAsync(string backup, CancellationToken ct)
    {
        await _bucket.DeleteAsync([KeyOf(backup, BackupParts.Manifest)], ct);
        var (parts, begun) = (new List<string>(), KeyOf(backup, BackupParts.Begun));
        await foreach (var (key, _) in _bucket.ListSizesAsync($"{backup}/", ct))
        {
            if (key != begun && FileKey.IsOne(key)) parts.Add(key);     // all that a backup has
        }

        await _bucket.DeleteAsync(parts, ct);
        await _bucket.DeleteAsync([begun], ct);     // last: who is ended amid this has left one that was cut off
    }

    public Task RemoveSharedAsync(IReadOnlyCollection<string> parts, CancellationToken ct) => _bucket.DeleteAsync(parts, ct);

    public void Dispose() => _bucket.Dispose();

    private static string KeyOf(string backup, string part)
    {
        return FileKey.IsOne(part)
            ? BackupParts.IsContent(part) ? part : $"{backup}/{part}"
            : throw new StartException($"{part} cannot be kept in a bucket. Give it a name of letters, digits, hyphens and dots.");
    }
}
