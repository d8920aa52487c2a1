using System.Runtime.CompilerServices;
using Maru.Engine.Problems;
using Maru.Server.Files;
using Maru.Server.Storage;

namespace Maru.Server.Features.Files.Stores;

/// <summary>
/// Files in a folder, which only the server's user may read. A file comes to its name by a rename, when all of it is on the disk: a crash
/// leaves all of it or nothing there. Any thread.
/// </summary>
internal sealed class LocalFiles : IFileStore
{
    // Keys have no word that begins with a dot.
    private const string DraftFolder = ".drafts";
    private const int MostTries = 100;

    // A copy writes all the time: what has not changed for so long is a dead process's.
    private static readonly TimeSpan DraftLife = TimeSpan.FromHours(1);

    private readonly string _folder;
    private readonly string _drafts;

    public LocalFiles(string folder, TimeProvider time)
    {
        _folder = Path.GetFullPath(folder);
        _drafts = Path.Combine(_folder, DraftFolder);
        OwnFile.MakeFolder(_folder);
        OwnFile.MakeFolder(_drafts);
        foreach (var draft in new DirectoryInfo(_drafts).GetFiles())
        {
            if (time.GetUtcNow() - draft.LastWriteTimeUtc > DraftLife) draft.Delete();
        }
    }

    public Task PutAsync(string key, string source, string mediaType, CancellationToken ct) =>
        Task.Run(() => Guard(() => Put(PathOf(key), source, ct)), ct);

    public Task<Stream?> OpenAsync(string key, CancellationToken ct) => Task.Run(() => Guard(() => Open(PathOf(key))), ct);

    public async IAsyncEnumerable<string> ListAsync(string above, [EnumeratorCancellation] CancellationToken ct)
    {
        await EventLoop.LeaveAsync();
        var folder = PathOf(above.TrimEnd('/'));
        if (!Guard(() => Directory.Exists(folder))) yield break;
        using var files = Guard(() => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).GetEnumerator());
        while (Guard(files.MoveNext))
        {
            ct.ThrowIfCancellationRequested();
            yield return Path.GetRelativePath(_folder, files.Current).Replace('\\', '/');
        }
    }

    public Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken ct)
    {
        var paths = keys.Select(PathOf).ToArray();
        return Task.Run(
            () => Guard(() =>
            {
                foreach (var path in paths)
                {
                    ct.ThrowIfCancellationRequested();
                    Delete(path);
                }

                return true;
            }),
            ct);
    }

    private static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && e is not FileStoreException)
        {
            throw new FileStoreException(OwnFile.IsFull(e) ? Problem.StorageFull : Problem.Unavailable, e.Message, e);
        }
    }

    private static Stream? Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 0, FileOptions.Asynchronous);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private bool Put(string path, string source, CancellationToken ct)
    {
        OwnFile.Secure(source);
        if (TryPlace(source, path)) return true;
        var draft = Path.Combine(_drafts, Guid.NewGuid().ToString("n"));
        try
        {
            Copy(source, draft, ct);
            if (!TryPlace(draft, path)) throw new IOException($"{_folder} is more than one file system.");
            return true;
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>False: the file lies on another file system.</summary>
    private bool TryPlace(string file, string path)
    {
        for (var tries = 1; ; tries++)
        {
            MakeFolders(Path.GetDirectoryName(path)!);
            try
            {
                if (!OwnFile.TryRename(file, path)) return false;
                LinuxFile.FlushFolder(Path.GetDirectoryName(path)!);
                return true;
            }
            catch (DirectoryNotFoundException) when (tries < MostTries && File.Exists(file))
            {
                // the folder was empty, and a deletion took it
            }
        }
    }

    private static void Copy(string source, string draft, CancellationToken ct)
    {
        using var from = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
        using var to = OwnFile.Open(draft, FileMode.CreateNew);
        var buffer = new byte[128 * 1024];
        while (from.Read(buffer) is > 0 and var count)
        {
            ct.ThrowIfCancellationRequested();
            to.Write(buffer, 0, count);
        }

        to.Flush(flushToDisk: true);
    }

    /// <summary>Makes the folder and those above it, whose names are on the disk then.</summary>
    private void MakeFolders(string folder)
    {
        if (folder.Length <= _folder.Length || Directory.Exists(folder)) return;
        var above = Path.GetDirectoryName(folder)!;
        MakeFolders(above);
        OwnFile.MakeFolder(folder);
        LinuxFile.FlushFolder(above);
    }

    private void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }

        try
        {
            for (var folder = Path.GetDirectoryName(path)!; folder.Length > _folder.Length; folder = Path.GetDirectoryName(folder)!)
                Directory.Delete(folder);
        }
        catch (IOException)
        {
            // there are other files in it, or another deletion was first
        }
    }

    private string PathOf(string key)
    {
        FileKey.Check(key);
        return Path.Combine(_folder, key);
    }
}
