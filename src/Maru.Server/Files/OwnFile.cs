namespace Maru.Server.Files;

/// <summary>
/// The files and folders of the server, which nobody but its user should reach. They are made so; where others can reach one, it is closed
/// to them and the log says so. Windows has its own ways.
/// </summary>
internal static partial class OwnFile
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private const int NoSpace = 28;     // ENOSPC
    private const int OverQuota = 122;  // EDQUOT

    /// <summary>Returns whether others have any right to a file or folder that is there.</summary>
    public static bool IsOpen(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0;

    /// <summary>Makes a folder with mode 0700, unless it is there.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Makes a folder below another, which is there, and those between, all with mode 0700.</summary>
    public static void MakeFolders(string above, string path)
    {
        if (path.Length <= above.Length || Directory.Exists(path)) return;
        MakeFolders(above, Path.GetDirectoryName(path)!);
        MakeFolder(path);
    }

    /// <summary>Opens a file to write, with mode 0600 where it is made.</summary>
    public static FileStream Open(
        string path, FileMode mode, FileShare share = FileShare.ReadWrite, FileOptions options = FileOptions.None)
    {
        var how = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = share, Options = options };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, how);
    }

    /// <summary>Closes a file to others and writes all of it to the disk.</summary>
    public static void Secure(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Gives a file another name, in the place of what has it. False: that is on another file system; nothing happened.</summary>
    public static bool TryRename(string path, string name)
    {
        // File.Move would copy it then, and the name would have a part of the file for a while
        if (OperatingSystem.IsLinux()) return LinuxFile.TryRename(path, name);
        File.Move(path, name, overwrite: true);
        return true;
    }

    /// <summary>Returns whether writing failed since the disk, or what this user may have of it, is full.</summary>
    public static bool IsFull(Exception e) => e is IOException { HResult: NoSpace or OverQuota };

    /// <summary>Takes the rights of others to a file or folder away, where it is there and they have some.</summary>
    public static void Close(string path, ILogger log)
    {
        if (OperatingSystem.IsWindows() || !Path.Exists(path)) return;
        var mode = File.GetUnixFileMode(path);
        if ((mode & Others) == 0) return;
        try
        {
            File.SetUnixFileMode(path, mode & ~Others);
            Log.Closed(log, path, Octal(mode));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.Open(log, path, Octal(mode));
        }
    }

    /// <summary>
    /// Warns of a folder in which others can replace what is the server's. It may be somebody else's folder, so it is left.
    /// </summary>
    public static void WarnIfShared(string folder, ILogger log)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder)) return;
        var mode = File.GetUnixFileMode(folder);
        if ((mode & OthersWrite) != 0 && (mode & UnixFileMode.StickyBit) == 0) Log.Shared(log, folder, Octal(mode));
    }

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Others had rights to {Path} (mode {Mode}); they have none now")]
        public static partial void Closed(ILogger log, string path, string mode);

        [LoggerMessage(
            LogLevel.Warning, "Others have rights to {Path} (mode {Mode}), and this user cannot take them away: run chmod go-rwx")]
        public static partial void Open(ILogger log, string path, string mode);

        [LoggerMessage(LogLevel.Warning, "Others can write to {Path} (mode {Mode}): they could put other keys or another store there")]
        public static partial void Shared(ILogger log, string path, string mode);
    }
}
