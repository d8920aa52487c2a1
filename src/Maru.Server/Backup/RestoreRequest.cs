using Maru.Server.Files;

namespace Maru.Server.Backup;

/// <summary>A backup that is to be restored, and what has been made of it, so that a restore that fails leaves nothing. One user.</summary>
/// <param name="backup">the backup</param>
/// <param name="progress">gets how far the restore is</param>
/// <param name="ended">ends it</param>
internal sealed class RestoreRequest(BackupReader backup, BackupProgress progress, CancellationToken ended)
{
    private readonly HashSet<string> _made = [];

    public BackupReader Backup => backup;

    public BackupProgress Progress => progress;

    public CancellationToken Ended => ended;

    /// <summary>Called before a file is made.</summary>
    public void Makes(string path) => _made.Add(path);

    /// <summary>Copies a part of the backup into a new file, on the disk, whose folder is there.</summary>
    public async Task CopyAsync(string part, string path, Action<long, long>? copied = null)
    {
        await using var from = File.OpenRead(backup.PathOf(part));
        await using var to = OwnFile.Open(path, FileMode.CreateNew);
        Makes(path);
        var buffer = new byte[1 << 20];
        var done = 0L;
        for (int count; (count = await from.ReadAsync(buffer, ended)) > 0;)
        {
            await to.WriteAsync(buffer.AsMemory(0, count), ended);
            copied?.Invoke(done += count, from.Length);
        }

        to.Flush(flushToDisk: true);
    }

    /// <summary>Removes what has been made, when the store is closed.</summary>
    public void Undo()
    {
        foreach (var path in _made.Where(File.Exists)) File.Delete(path);
    }
}
