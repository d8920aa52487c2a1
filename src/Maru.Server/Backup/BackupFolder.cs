using System.Security.Cryptography;
using System.Text.Json;
using Maru.Server.Configuration;
using Maru.Server.Files;

namespace Maru.Server.Backup;

/// <summary>
/// The folder of a backup, which nobody but its owner can read. Its parts are the store, the keys and the files; <c>SHA256SUMS</c> has the
/// checksum of each, as <c>sha256sum</c> reads it, and <c>manifest.json</c>, which comes last, that of the list. One user.
/// </summary>
internal sealed class BackupFolder
{
    public const string ManifestName = "manifest.json";
    public const string SumsName = "SHA256SUMS";

    private const int BufferBytes = 256 * 1024;
    private const int FlushBytes = 4 * 1024 * 1024;     // the commits of messages do not wait behind a heap of it

    private readonly SortedDictionary<string, string> _sums = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = [];
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Pace _pace;
    private readonly bool _isNew;

    private BackupFolder(string path, Pace pace, bool isNew) => (Path, _pace, _isNew) = (path, pace, isNew);

    public string Path { get; }

    /// <summary>Bytes of all parts.</summary>
    public long Bytes { get; private set; }

    /// <summary>Begins a backup in a folder that is empty, or not there.</summary>
    /// <exception cref="StartException">It cannot be one.</exception>
    public static BackupFolder Make(string path, Pace pace)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            if (File.Exists(path)) throw new StartException($"{path} is a file. Name a folder that is empty, or not there.");
            var isNew = !Directory.Exists(path);
            if (!isNew && Directory.EnumerateFileSystemEntries(path).Any())
                throw new StartException($"The folder {path} is not empty. A backup needs one of its own: name another.");
            OwnFile.MakeFolder(path);
            return new BackupFolder(path, pace, isNew);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The folder {path} cannot be made or read. {e.Message}", e);
        }
    }

    /// <summary>Refuses to begin where there is not room for so many bytes.</summary>
    public void CheckRoom(long bytes)
    {
        var free = new DriveInfo(Path).AvailableFreeSpace;
        if (free < bytes)
            throw new StartException($"{Path} has {free >> 20} MiB free, and the backup needs some {(bytes >> 20) + 1} MiB. Make room.");
    }

    /// <summary>Returns the path of a part, whose folder is there then.</summary>
    public string PathOf(string name)
    {
        var path = System.IO.Path.Combine(Path, name);
        for (var folder = System.IO.Path.GetDirectoryName(path)!; _folders.Add(folder) && folder.Length > Path.Length;)
            folder = System.IO.Path.GetDirectoryName(folder)!;
        OwnFile.MakeFolders(Path, System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>Copies a part, durable when it completes.</summary>
    public async Task AddAsync(string name, Stream from, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var to = OwnFile.Open(PathOf(name), FileMode.CreateNew);
        for (int count, unflushed = 0; (count = await from.ReadAsync(_buffer, ct)) > 0;)
        {
            hash.AppendData(_buffer, 0, count);
            await to.WriteAsync(_buffer.AsMemory(0, count), ct);
            Bytes += count;
            if ((unflushed += count) >= FlushBytes)
            {
                to.Flush(flushToDisk: true);
                unflushed = 0;
            }

            await _pace.PassAsync(count, ct);
        }

        to.Flush(flushToDisk: true);
        _sums[name] = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Takes in a part that is in the folder already, on the disk.</summary>
    public async Task AddWrittenAsync(string name, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = File.OpenRead(PathOf(name));
        for (int count; (count = await file.ReadAsync(_buffer, ct)) > 0;)
        {
            hash.AppendData(_buffer, 0, count);
            Bytes += count;
            await _pace.PassAsync(count, ct);
        }

        _sums[name] = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Takes a part from an earlier backup, where it is the same file then; false: it must be copied.</summary>
    public bool TryLink(string name, string sum, string earlier, long? size)
    {
        var file = new FileInfo(System.IO.Path.Combine(earlier, name));
        if (!file.Exists || (size is not null && file.Length != size) || !LinuxFile.TryLink(file.FullName, PathOf(name))) return false;
        _sums[name] = sum;
        Bytes += file.Length;
        return true;
    }

    /// <summary>Takes a part out again.</summary>
    public void Remove(string name)
    {
        var file = new FileInfo(System.IO.Path.Combine(Path, name));
        Bytes -= file.Length;
        file.Delete();
        _sums.Remove(name);
        for (var folder = file.Directory!; folder.FullName.Length > Path.Length && !folder.EnumerateFileSystemInfos().Any();)
        {
            folder.Delete();
            _folders.Remove(folder.FullName);
            folder = folder.Parent!;
        }
    }

    /// <summary>Makes it a backup: what is here now is on the disk, and then the manifest comes to its name.</summary>
    public async Task<BackupManifest> SealAsync(BackupManifest manifest, CancellationToken ct)
    {
        var sums = System.Text.Encoding.UTF8.GetBytes(string.Concat(_sums.Select(x => $"{x.Value}  {x.Key}\n")));
        await WriteAsync(SumsName, sums, ct);
        foreach (var folder in _folders) LinuxFile.FlushFolder(folder);
        manifest = manifest with { Sums = Convert.ToHexStringLower(SHA256.HashData(sums)) };
        var draft = $"{ManifestName}.new";
        await WriteAsync(draft, JsonSerializer.SerializeToUtf8Bytes(manifest, BackupJson.Default.BackupManifest), ct);
        File.Move(PathOf(draft), PathOf(ManifestName));
        LinuxFile.FlushFolder(Path);
        LinuxFile.FlushFolder(System.IO.Path.GetDirectoryName(Path) ?? Path);
        return manifest;
    }

    /// <summary>Removes what has been copied: a backup that did not end is none.</summary>
    public void GiveUp()
    {
        foreach (var folder in Directory.GetDirectories(Path)) Directory.Delete(folder, recursive: true);
        foreach (var file in Directory.GetFiles(Path)) File.Delete(file);
        if (_isNew) Directory.Delete(Path);
    }

    private async Task WriteAsync(string name, byte[] bytes, CancellationToken ct)
    {
        await using var file = OwnFile.Open(PathOf(name), FileMode.CreateNew);
        await file.WriteAsync(bytes, ct);
        file.Flush(flushToDisk: true);
    }
}
