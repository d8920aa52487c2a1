using System.Runtime.CompilerServices;
using Maru.Server.Configuration;
using Maru.Server.Files;

namespace Maru.Server.Backup.Places;

/// <summary>
/// Backups in a folder, each in one of its own that nobody but its owner can read; the empty name is that of a backup which has the folder
/// to itself. They share contents as hard links, so that each is whole by itself.
/// </summary>
internal sealed class FolderPlace(string folder) : IBackupPlace
{
    private const string Lock = ".lock";
    private const int BufferBytes = 256 * 1024;
    private const int FlushBytes = 4 * 1024 * 1024;     // the commits of messages do not wait behind a heap of it

    private readonly string _folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
    private readonly byte[] _buffer = new byte[BufferBytes];

    public string NameOf(string backup) => backup.Length == 0 ? _folder : Path.Combine(_folder, backup);

    public Task<IPlaceClaim> ClaimAsync(CancellationToken ct)
    {
        if (File.Exists(_folder)) throw new StartException($"{_folder} is a file. Name a folder that is empty, or not there.");
        try
        {
            var isNew = !Directory.Exists(_folder);
            OwnFile.MakeFolder(_folder);
            return Task.FromResult<IPlaceClaim>(FileLock.TryHold(Path.Combine(_folder, Lock)) is { } held
                ? new Claim(held, isNew ? _folder : null)
                : throw new StartException($"Another program makes a backup in {_folder} now. Wait for its end, or name another folder."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The folder {_folder} cannot be made or written. {e.Message}", e);
        }
    }

    public Task<(IReadOnlyList<string> Whole, IReadOnlyList<string> Broken)> ListAsync(CancellationToken ct)
    {
        var all = (Directory.Exists(_folder) ? Directory.GetDirectories(_folder) : []).Select(path => Path.GetFileName(path))
            .Where(BackupParts.IsName).Order(StringComparer.Ordinal).ToLookup(name => File.Exists(PathOf(name, BackupParts.Manifest)));
        return Task.FromResult<(IReadOnlyList<string>, IReadOnlyList<string>)>(
            ([.. all[true]], [.. all[false].Where(name => File.Exists(PathOf(name, BackupParts.Begun)))]));
    }

    public Task BeginAsync(string backup, CancellationToken ct)
    {
        var path = NameOf(backup);
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any(entry => Path.GetFileName(entry) != Lock))
            throw new StartException($"The folder {path} is not empty. A backup needs one of its own: name another.");
        OwnFile.MakeFolder(path);
        OwnFile.Open(PathOf(backup, BackupParts.Begun), FileMode.CreateNew).Dispose();
        return Task.CompletedTask;
    }

    public void CheckRoom(long bytes)
    {
        var free = new DriveInfo(_folder).AvailableFreeSpace;
        if (free < bytes)
            throw new StartException($"{_folder} has {free >> 20} MiB free, and the backup needs some {(bytes >> 20) + 1} MiB. Make room.");
    }

    public void CheckName(string part)
    {
        // it was the name of a file before
    }

    public string PathOf(string backup, string part) => Path.Combine(_folder, backup, part);

    public async Task PutAsync(string backup, string part, Stream from, long? size, CancellationToken ct)
    {
        await using var to = OwnFile.Open(MakeFoldersOf(backup, part), FileMode.CreateNew);
        for (int count, unflushed = 0; (count = await from.ReadAsync(_buffer, ct)) > 0;)
        {
            await to.WriteAsync(_buffer.AsMemory(0, count), ct);
            if ((unflushed += count) < FlushBytes) continue;
            to.Flush(flushToDisk: true);
            unflushed = 0;
        }

        to.Flush(flushToDisk: true);
    }

    public Task<Stream?> OpenAsync(string backup, string part, CancellationToken ct)
    {
        var file = new FileInfo(PathOf(backup, part));
        return Task.FromResult<Stream?>(file.Exists ? file.OpenRead() : null);
    }

    public async IAsyncEnumerable<(string Part, long Size)> SharedAsync(string? earlier, [EnumeratorCancellation] CancellationToken ct)
    {
        if (earlier is null) yield break;
        await foreach (var (part, size) in PartsAsync(earlier, ct))
        {
            if (BackupParts.IsSharedContent(part)) yield return (part, size);
        }
    }

    public async IAsyncEnumerable<(string Part, long Size)> PartsAsync(string backup, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        var root = NameOf(backup);
        foreach (var file in new DirectoryInfo(root).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            ct.ThrowIfCancellationRequested();
            var part = Path.GetRelativePath(root, file.FullName).Replace('\\', '/');
            yield return (part, file.Length);
        }
    }

    public bool TryShare(string backup, string part, string? earlier) =>
        earlier is not null && LinuxFile.TryLink(PathOf(earlier, part), MakeFoldersOf(backup, part));

    public Task LeaveOutAsync(string backup, string part, bool isShared, CancellationToken ct)
    {
        var file = new FileInfo(PathOf(backup, part));
        file.Delete();
        for (var above = file.Directory!; above.FullName.Length > NameOf(backup).Length && !above.EnumerateFileSystemInfos().Any();)
        {
            above.Delete();
            above = above.Parent!;
        }

        return Task.CompletedTask;
    }

    public async Task SealAsync(string backup, byte[] manifest, CancellationToken ct)
    {
        var root = NameOf(backup);
        foreach (var each in Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories)) LinuxFile.FlushFolder(each);
        LinuxFile.FlushFolder(root);
        var draft = PathOf(backup, $"{BackupParts.Manifest}.new");
        await using (var file = OwnFile.Open(draft, FileMode.CreateNew))
        {
            await file.WriteAsync(manifest, ct);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, PathOf(backup, BackupParts.Manifest));
        LinuxFile.FlushFolder(root);
        LinuxFile.FlushFolder(Path.GetDirectoryName(root) ?? root);
    }

    public Task RemoveAsync(string backup, CancellationToken ct)
    {
        var (root, begun) = (NameOf(backup), PathOf(backup, BackupParts.Begun));
        File.Delete(PathOf(backup, BackupParts.Manifest));
        foreach (var below in Directory.GetDirectories(root)) Directory.Delete(below, recursive: true);
        foreach (var file in Directory.GetFiles(root).Where(path => path != begun && Path.GetFileName(path) != Lock)) File.Delete(file);
        File.Delete(begun);     // last: who is ended amid this has left one that was cut off
        if (backup.Length > 0) Directory.Delete(root);
        return Task.CompletedTask;
    }

    public Task RemoveSharedAsync(IReadOnlyCollection<string> parts, CancellationToken ct) => Task.CompletedTask;   // the last link does

    public void Dispose()
    {
        // there is nothing to close
    }

    private string MakeFoldersOf(string backup, string part)
    {
        var path = PathOf(backup, part);
        OwnFile.MakeFolders(_folder, Path.GetDirectoryName(path)!);
        return path;
    }

    /// <param name="held">the lock</param>
    /// <param name="made">the folder that was made for it, and goes with it where nothing came into it; null: it was there</param>
    private sealed class Claim(FileStream held, string? made) : IPlaceClaim
    {
        public CancellationToken Lost => CancellationToken.None;

        public Task CheckAsync(CancellationToken ct) => Task.CompletedTask;

        public ValueTask DisposeAsync()
        {
            held.Dispose();
            if (made is not null && !Directory.EnumerateFileSystemEntries(made).Any()) Directory.Delete(made);
            return ValueTask.CompletedTask;
        }
    }
}
