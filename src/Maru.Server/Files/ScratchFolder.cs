namespace Maru.Server.Files;

/// <summary>
/// A folder of this process for what it has in work. Processes may share a disk: below the same folder each has one of its own, which it
/// holds by a lock on a file beside it. The lock ends with the process; what dead ones have left goes when the next one comes.
/// </summary>
internal sealed class ScratchFolder : IDisposable
{
    public const string LockSuffix = ".lock";

    private readonly FileStream _lock;

    private ScratchFolder(string path, FileStream held) => (FullName, _lock) = (path, held);

    public string FullName { get; }

    /// <param name="above">the folder that the processes have in common</param>
    public static ScratchFolder Open(string above)
    {
        OwnFile.MakeFolder(above);
        RemoveDead(above);
        while (true)
        {
            var path = Path.Combine(above, Path.GetRandomFileName());
            if (Hold(path) is not { } held) continue;
            OwnFile.MakeFolder(path);
            return new ScratchFolder(path, held);
        }
    }

    /// <summary>Removes the folder with all that is in it. What is still written to it is left to the next one that comes.</summary>
    public void Dispose()
    {
        try
        {
            if (Directory.Exists(FullName)) Directory.Delete(FullName, recursive: true);
        }
        catch (IOException)
        {
            // work that outlives the server is in it
        }
        finally
        {
            _lock.Dispose();
        }
    }

    private static void RemoveDead(string above)
    {
        // A folder is made behind its lock, so that one without is nobody's.
        foreach (var path in Directory.EnumerateFileSystemEntries(above).Select(Folder).Distinct().ToList())
        {
            try
            {
                using var held = Hold(path);
                if (held is not null && Directory.Exists(path)) Directory.Delete(path, recursive: true);
            }
            catch (UnauthorizedAccessException)
            {
                // another user's, which is theirs to remove
            }
        }

        static string Folder(string entry) => entry.EndsWith(LockSuffix, StringComparison.Ordinal) ? entry[..^LockSuffix.Length] : entry;
    }

    private static FileStream? Hold(string path) => FileLock.TryHold(path + LockSuffix);
}
