namespace Maru.Server.Files;

/// <summary>
/// A lock among processes, by a file that is there only while one of them has it: it ends with the process, and a file that a killed one
/// has left locks nobody out. Any thread.
/// </summary>
internal static class FileLock
{
    private const int WouldBlock = 11;                                  // EWOULDBLOCK of Linux
    private const int WouldBlockOfBsd = 35;                             // and of macOS
    private const int SharingViolation = unchecked((int)0x80070020);    // on Windows

    /// <summary>Returns the lock, whose file goes with it; null: another one has it.</summary>
    public static FileStream? TryHold(string path)
    {
        try
        {
            var file = OwnFile.Open(path, FileMode.OpenOrCreate, FileShare.None, FileOptions.DeleteOnClose);
            if (File.Exists(file.Name)) return file;
            file.Dispose();     // who had it meanwhile took the file away, so that this lock would keep nobody out
            return null;
        }
        catch (IOException e) when (e.HResult is WouldBlock or WouldBlockOfBsd or SharingViolation)
        {
            return null;
        }
    }
}
