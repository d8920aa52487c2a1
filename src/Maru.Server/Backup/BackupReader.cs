using System.Security.Cryptography;
using System.Text.Json;
using Maru.Server.Configuration;

namespace Maru.Server.Backup;

/// <summary>A backup that is whole: its manifest, and the checksum of each part.</summary>
internal sealed class BackupReader
{
    private const int SumChars = 64;

    private BackupReader(string path, BackupManifest manifest, Dictionary<string, string> sums) =>
        (Path, Manifest, Sums) = (path, manifest, sums);

    public string Path { get; }

    public BackupManifest Manifest { get; }

    /// <summary>SHA-256 of each part by its name.</summary>
    public IReadOnlyDictionary<string, string> Sums { get; }

    /// <exception cref="StartException">There is no backup, or it is not as it was made, or of a newer program.</exception>
    public static BackupReader Open(string folder)
    {
        var path = System.IO.Path.GetFullPath(folder);
        if (!Directory.Exists(path)) throw new StartException($"There is no folder {path}.");
        if (!File.Exists(System.IO.Path.Combine(path, BackupFolder.ManifestName)))
            throw new StartException($"{path} has no {BackupFolder.ManifestName}: it is no backup, or one that was cut off. Take another.");
        try
        {
            var manifest = JsonSerializer.Deserialize(
                File.ReadAllBytes(System.IO.Path.Combine(path, BackupFolder.ManifestName)), BackupJson.Default.BackupManifest);
            if (manifest is null || manifest.Format != BackupManifest.ThisFormat)
                throw new StartException($"{path} is a backup of Maru {manifest?.Version}, unknown to this program. Take a newer one.");
            var sums = File.ReadAllBytes(System.IO.Path.Combine(path, BackupFolder.SumsName));
            if (Convert.ToHexStringLower(SHA256.HashData(sums)) != manifest.Sums) throw Damaged(path, BackupFolder.SumsName);
            var lines = System.Text.Encoding.UTF8.GetString(sums).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (lines.Any(line => line.Length < SumChars + 3 || IsOutside(line[(SumChars + 2)..])))
                throw Damaged(path, BackupFolder.SumsName);
            return new BackupReader(path, manifest, lines.ToDictionary(line => line[(SumChars + 2)..], line => line[..SumChars]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new StartException($"The backup {path} cannot be read. {e.Message}", e);
        }
    }

    /// <summary>Reads every part, and compares it with its checksum.</summary>
    /// <exception cref="StartException">One is not as it was.</exception>
    public async Task VerifyAsync(BackupProgress progress, CancellationToken ct)
    {
        var (done, all) = (0L, Manifest.Counts.Bytes);
        foreach (var (name, sum) in Sums)
        {
            try
            {
                await using var file = File.OpenRead(PathOf(name));
                if (Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct)) != sum) throw Damaged(Path, name);
                progress("verify", done += file.Length, all);
            }
            catch (IOException e)
            {
                throw new StartException($"The backup {Path} lacks {name}, or it cannot be read. {e.Message} Take another backup.", e);
            }
        }
    }

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    private static bool IsOutside(string name) =>
        System.IO.Path.IsPathRooted(name) || name.Split('/').Any(word => word is "" or "." or "..");

    private static StartException Damaged(string path, string name) =>
        new($"The backup {path} is damaged: {name} is not what was written. Nothing was restored: take another backup.");
}

/// <summary>Gets how far a part of the work is.</summary>
/// <param name="what">the part, a word</param>
/// <param name="done">bytes</param>
/// <param name="all">bytes</param>
internal delegate void BackupProgress(string what, long done, long all);
