using System.Security.Cryptography;
using Maru.Server.Backup.Places;
using Maru.Server.Configuration;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Files;

namespace Maru.Server.Backup;

/// <summary>
/// A backup that is to be restored, and the files that have been made of it, so that a restore that fails leaves none. One user.
/// </summary>
/// <param name="from">the backup, as the operator writes it</param>
/// <param name="progress">gets how far the restore is</param>
/// <param name="ended">ends it</param>
internal sealed class RestoreRequest(string from, BackupProgress progress, CancellationToken ended) : IDisposable
{
    private readonly HashSet<string> _made = [];
    private readonly List<IDisposable> _held = [];
    private IBackupPlace? _place;
    private BackupReader? _backup;

    public BackupReader Backup => _backup ?? throw new InvalidOperationException("It is not open yet.");

    public BackupProgress Progress => progress;

    public CancellationToken Ended => ended;

    /// <summary>What was made stays, whatever comes: servers may have it.</summary>
    public bool IsKept { get; private set; }

    /// <exception cref="StartException">There is no backup, or it is not as it was made.</exception>
    public async Task OpenAsync(S3Connection s3)
    {
        (_place, var name) = await BackupPlaces.FindAsync(from, s3, ended);
        _backup = await BackupReader.OpenAsync(_place, name, ended);
    }

    /// <summary>Called before a file is made, one of a few.</summary>
    public void Makes(string path) => _made.Add(path);

    /// <summary>Keeps something until the restore is over.</summary>
    public void Holds(IDisposable held) => _held.Add(held);

    /// <summary>Called before the first server may come.</summary>
    public void Keep() => IsKept = true;

    /// <summary>Copies a part of the backup into a new file, on the disk, whose folder is there.</summary>
    public async Task CopyAsync(string part, string sum, string path, Action<long, long>? copied = null)
    {
        await using var to = OwnFile.Open(path, FileMode.CreateNew);
        Makes(path);
        await CopyAsync(part, sum, to, copied);
        to.Flush(flushToDisk: true);
    }

    /// <summary>Copies a part of the backup, which is read a second time: what it was when all were compared tells nothing.</summary>
    /// <param name="part">its name</param>
    /// <param name="sum">its checksum</param>
    /// <param name="to">gets it</param>
    /// <param name="copied">gets the bytes until now, and those of all</param>
    /// <exception cref="IOException">It is not what was written; that has been copied.</exception>
    public async Task CopyAsync(string part, string sum, Stream to, Action<long, long>? copied = null)
    {
        await using var from = await Backup.OpenAsync(part, ended);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 18];
        var done = 0L;
        for (int count; (count = await from.ReadAsync(buffer, ended)) > 0;)
        {
            hash.AppendData(buffer, 0, count);
            await to.WriteAsync(buffer.AsMemory(0, count), ended);
            copied?.Invoke(done += count, from.Length);
        }

        if (Convert.ToHexStringLower(hash.GetCurrentHash()) != sum)
            throw new IOException($"{part} has changed since it was compared: take another backup.");
    }

    /// <summary>Removes the files that have been made, when the store is closed.</summary>
    public void Undo()
    {
        if (IsKept) return;
        foreach (var path in _made.Where(File.Exists)) File.Delete(path);
    }

    public void Dispose()
    {
        foreach (var held in _held) held.Dispose();
        _place?.Dispose();
    }
}
