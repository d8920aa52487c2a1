using System.Text.RegularExpressions;
using Maru.Server.Configuration;
using Maru.Server.Features.Files.Stores;

namespace Maru.Server.Backup.Places;

/// <summary>The places of backups as an operator writes them: a folder, or <c>s3://bucket/prefix</c>.</summary>
internal static partial class BackupPlaces
{
    private const string Scheme = "s3://";
    private const string Amazon = "amazonaws.com";

    public static bool IsBucket(string place) => place.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <param name="place">a folder, or a part of a bucket</param>
    /// <param name="s3">how to reach a bucket</param>
    /// <param name="files">where people's files are, which must be apart: what no backup needs is removed</param>
    /// <exception cref="StartException">It is none, or has people's files in it.</exception>
    public static IBackupPlace OpenToWrite(string place, S3Connection s3, S3Options files) =>
        IsBucket(place) ? new BucketPlace(BucketToWrite(place, s3, files)) : new FolderPlace(place);

    /// <summary>Returns the bucket of a place, and the part of it.</summary>
    /// <inheritdoc cref="OpenToWrite"/>
    public static S3Options BucketToWrite(string place, S3Connection s3, S3Options files)
    {
        var options = BucketOf(place, s3);
        if (Overlap(options, files))
            throw new StartException(
                $"{place} and the files of Maru:Files:S3 (bucket {files.Bucket}, prefix \"{files.Prefix}\") lie in each other, and a "
                + "backup removes what no backup needs. Name another bucket for backups, or prefixes of which none begins with the other.");
        return options;
    }

    /// <summary>Returns the place of one backup, and its name there.</summary>
    /// <exception cref="StartException">It is none.</exception>
    public static async Task<(IBackupPlace Place, string Backup)> FindAsync(string backup, S3Connection s3, CancellationToken ct)
    {
        if (!IsBucket(backup)) return (new FolderPlace(backup), "");
        var path = backup.TrimEnd('/');
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (BackupParts.IsName(name)) return (new BucketPlace(BucketOf(path[..^(name.Length + 1)], s3)), name);
        using var place = new BucketPlace(BucketOf(path, s3));
        var (whole, _) = await place.ListAsync(ct);
        throw new StartException(
            $"{backup} names no backup. "
            + (whole.Count == 0 ? "There is none." : $"Name one: {string.Join(", ", whole.Select(place.NameOf))}"));
    }

    private static S3Options BucketOf(string place, S3Connection s3)
    {
        var match = Address().Match(place);
        if (!match.Success)
            throw new StartException(
                $"{place} is no place for backups. Write s3://bucket or s3://bucket/prefix, of letters, digits, - and _.");
        if (!s3.HasKeys) throw new StartException($"{place} needs Maru:Backup:S3:AccessKey and SecretKey.");
        var prefix = match.Groups["prefix"].Value.Trim('/');
        return s3.Of(match.Groups["bucket"].Value, prefix.Length == 0 ? "" : $"{prefix}/");
    }

    private static bool Overlap(S3Options place, S3Options files) =>
        files.IsUsed && place.Bucket.Equals(files.Bucket, StringComparison.OrdinalIgnoreCase) && StoreOf(place) == StoreOf(files)
        && (place.Prefix.StartsWith(files.Prefix, StringComparison.Ordinal)
            || files.Prefix.StartsWith(place.Prefix, StringComparison.Ordinal));

    /// <summary>Returns within what the name of a bucket is one: Amazon's regions have one space of names.</summary>
    private static string StoreOf(S3Options options)
    {
        if (options.Endpoint.Length == 0) return Amazon;
        var address = new Uri(options.Endpoint);
        return address.Host.EndsWith($".{Amazon}", StringComparison.Ordinal) ? Amazon : address.Authority;
    }

    [GeneratedRegex(@"^s3://(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?<prefix>(/[A-Za-z0-9_-]+)*)/?$", RegexOptions.IgnoreCase)]
    private static partial Regex Address();
}
