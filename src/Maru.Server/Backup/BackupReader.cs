using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Maru.Server.Backup.Places;
using Maru.Server.Configuration;

namespace Maru.Server.Backup;

/// <summary>A backup that is whole. Its list of parts is read anew each time: it may name millions of contents. Any thread.</summary>
internal sealed class BackupReader
{
    private const int SumChars = 64;

    private readonly IBackupPlace _place;

    private BackupReader(IBackupPlace place, string name, BackupManifest manifest) => (_place, Name, Manifest) = (place, name, manifest);

    /// <summary>Its name in its place.</summary>
    public string Name { get; }

    public BackupManifest Manifest { get; }

    /// <summary>Opens a backup whose list of parts is as it was made.</summary>
    /// <exception cref="StartException">There is no backup, or it is not as it was made, or of a newer program.</exception>
    public static async Task<BackupReader> OpenAsync(IBackupPlace place, string name, CancellationToken ct)
    {
        var manifest = await ReadManifestAsync(place, name, ct);
        var backup = new BackupReader(place, name, manifest);
        await using var sums = await backup.OpenAsync(BackupParts.Sums, ct);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(sums, ct)) == manifest.Sums
            ? backup
            : throw backup.Damaged(BackupParts.Sums);
    }

    /// <exception cref="StartException">There is no backup, or it is of a newer program.</exception>
    public static async Task<BackupManifest> ReadManifestAsync(IBackupPlace place, string name, CancellationToken ct)
    {
        var path = place.NameOf(name);
        try
        {
            await using var file = await place.OpenAsync(name, BackupParts.Manifest, ct) ?? throw new StartException(
                $"{path} has no {BackupParts.Manifest}: it is no backup, or one that was cut off. Take another.");
            var manifest = await JsonSerializer.DeserializeAsync(file, BackupJson.Default.BackupManifest, ct);
            return manifest is { Format: BackupManifest.ThisFormat }
                ? manifest
                : throw new StartException($"{path} is a backup of Maru {manifest?.Version}, unknown to this program. Take a newer one.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new StartException($"The backup {path} cannot be read. {e.Message}", e);
        }
    }

    /// <summary>Returns each part with its SHA-256, in the order of their names.</summary>
    /// <exception cref="StartException">The list is not as it was made.</exception>
    public async IAsyncEnumerable<(string Part, string Sum)> PartsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        using var list = new StreamReader(await OpenAsync(BackupParts.Sums, ct));
        while (await list.ReadLineAsync(ct) is { } line)
        {
            if (line.Length < SumChars + 3 || BackupParts.IsOutside(line[(SumChars + 2)..])) throw Damaged(BackupParts.Sums);
            yield return (line[(SumChars + 2)..], line[..SumChars]);
        }
    }

    /// <summary>Returns the SHA-256 of one part.</summary>
    /// <exception cref="StartException">The backup has no such part.</exception>
    public async Task<string> SumOfAsync(string part, CancellationToken ct)
    {
        await foreach (var (each, sum) in PartsAsync(ct))
        {
            if (each == part) return sum;
        }

        throw Lacks(part, "It is not in the list of parts.");
    }

    /// <summary>Opens a part, to be read asynchronously.</summary>
    /// <exception cref="StartException">It is not there.</exception>
    public async Task<Stream> OpenAsync(string part, CancellationToken ct)
    {
        try
        {
            return await _place.OpenAsync(Name, part, ct) ?? throw Lacks(part, "It is not there.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Lacks(part, e.Message, e);
        }
    }

    /// <summary>Reads every part, and compares it with its checksum.</summary>
    /// <exception cref="StartException">One is not as it was.</exception>
    public async Task VerifyAsync(BackupProgress progress, CancellationToken ct)
    {
        var (done, all) = (0L, Manifest.Counts.Bytes);
        await foreach (var (part, sum) in PartsAsync(ct))
        {
            try
            {
                await using var file = await OpenAsync(part, ct);
                if (Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct)) != sum) throw Damaged(part);
                progress("verify", done += file.Length, all);
            }
            catch (IOException e)
            {
                throw Lacks(part, e.Message, e);
            }
        }
    }

    private StartException Lacks(string part, string why, Exception? cause = null) =>
        new($"The backup {_place.NameOf(Name)} lacks {part}, or it cannot be read. {why} Take another backup.", cause);

    private StartException Damaged(string part) => new(
        $"The backup {_place.NameOf(Name)} is damaged: {part} is not what was written. Nothing was restored: take another backup.");
}

/// <summary>Gets how far a part of the work is.</summary>
/// <param name="what">the part, a word</param>
/// <param name="done">bytes</param>
/// <param name="all">bytes</param>
internal delegate void BackupProgress(string what, long done, long all);
