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

    /// <summary>Returns whether others have any right to a file or folder that is there.</summary>
    public static bool IsOpen(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0;

    /// <summary>Makes a folder with mode 0700, unless it is there.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Opens a file to write, with mode 0600 where it is made.</summary>
    public static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

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
