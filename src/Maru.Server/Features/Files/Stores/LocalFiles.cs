using Maru.Server.Files;

namespace Maru.Server.Features.Files.Stores;

/// <summary>
/// Keeps contents below a folder of the local disk, a file each. A file gets its name when all of it is on the disk, so a reader, and a
/// server that starts again, finds whole files alone. Any thread.
/// </summary>
internal sealed class LocalFiles(string folder) : IFileStore
{
    private const string Coming = ".coming";

    private readonly string _root = Path.GetFullPath(folder);

    public async Task PutAsync(string key, string source, string mediaType, CancellationToken ct)
    {
        var path = PathOf(key);
        var parent = Path.GetDirectoryName(path)!;
        OwnFile.MakeFolder(parent);
        var coming = $"{path}.{Path.GetRandomFileName()}{Coming}";
        try
        {
            await MoveAsync(source, coming, ct);
            File.Move(coming, path, overwrite: true);
        }
        catch
        {
            File.Delete(coming);
            throw;
        }

        // The name is on the disk with its folder, and that with its own.
        LinuxFile.FlushFolder(parent);
        LinuxFile.FlushFolder(Path.GetDirectoryName(parent)!);
    }

    public Task<Stream?> OpenAsync(string key, CancellationToken ct)
    {
        try
        {
            return Task.FromResult<Stream?>(new FileStream(
                PathOf(key), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: true));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    public Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken ct)
    {
        foreach (var key in keys)
        {
            var path = PathOf(key);
            var parent = Path.GetDirectoryName(path)!;
            if (!Directory.Exists(parent)) continue;
            File.Delete(path);
            // What a server that died was about to keep under this name.
            foreach (var left in Directory.EnumerateFiles(parent, $"{Path.GetFileName(path)}.*{Coming}")) File.Delete(left);
            if (!Directory.EnumerateFileSystemEntries(parent).Any()) RemoveFolder(parent);
        }

        return Task.CompletedTask;
    }

    /// <summary>Brings the source to the disk, under a name of the same folder as that which it will have.</summary>
    private static async Task MoveAsync(string source, string coming, CancellationToken ct)
    {
        try
        {
            Flush(source);
            File.Move(source, coming);
        }
        catch (IOException) when (File.Exists(source))
        {
            // Another file system.
            await using (var from = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.Read, 0, useAsync: true))
            await using (var to = OwnFile.Open(coming, FileMode.CreateNew))
            {
                await from.CopyToAsync(to, ct);
                to.Flush(flushToDisk: true);
            }

            File.Delete(source);
        }
    }

    private static void Flush(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }

    private static void RemoveFolder(string path)
    {
        try
        {
            Directory.Delete(path);
        }
        catch (IOException)
        {
            // Something came into it meanwhile.
        }
    }

    private string PathOf(string key)
    {
        var path = Path.GetFullPath(Path.Combine(_root, key));
        return path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new ArgumentException("The key leads out of the folder.", nameof(key));
    }
}
