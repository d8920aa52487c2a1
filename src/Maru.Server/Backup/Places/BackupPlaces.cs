using System.Text.RegularExpressions;
using Maru.Server.Configuration;
using Maru.Server.Features.Files.Stores;

namespace Maru.Server.Backup.Places;

/// <summary>The places of backups as an operator writes them: a folder, or <c>s3://bucket/prefix</c>.</summary>
internal static partial class BackupPlaces
{
    private const string Scheme = "s3://";

    public static bool IsBucket(string place) => place.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <param name="place">a folder, or a part of a bucket</param>
    /// <param name="s3">how to reach a bucket</param>
    /// <exception cref="StartException">It is none.</exception>
    public static IBackupPlace Open(string place, S3Connection s3)
    {
        if (!IsBucket(place)) return new FolderPlace(place);
        var match = Address().Match(place);
        if (!match.Success)
            throw new StartException(
                $"{place} is no place for backups. Write s3://bucket or s3://bucket/prefix, of letters, digits, - and _.");
        if (!s3.HasKeys) throw new StartException($"{place} needs Maru:Backup:S3:AccessKey and SecretKey.");
        var prefix = match.Groups["prefix"].Value.Trim('/');
        return new BucketPlace(s3.Of(match.Groups["bucket"].Value, prefix.Length == 0 ? "" : $"{prefix}/"));
    }

    /// <summary>Returns the place of one backup, and its name there.</summary>
    /// <exception cref="StartException">It is none.</exception>
    public static async Task<(IBackupPlace Place, string Backup)> FindAsync(string backup, S3Connection s3, CancellationToken ct)
    {
        if (!IsBucket(backup)) return (Open(backup, s3), "");
        var path = backup.TrimEnd('/');
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (BackupParts.IsName(name)) return (Open(path[..^(name.Length + 1)], s3), name);
        using var place = Open(path, s3);
        var (whole, _) = await place.ListAsync(ct);
        throw new StartException(
            $"{backup} names no backup. "
            + (whole.Count == 0 ? "There is none." : $"Name one: {string.Join(", ", whole.Select(place.NameOf))}"));
    }

    [GeneratedRegex(@"^s3://(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?<prefix>(/[A-Za-z0-9_-]+)*)/?$", RegexOptions.IgnoreCase)]
    private static partial Regex Address();
}
