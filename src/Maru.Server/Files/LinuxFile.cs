using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Maru.Server.Files;

/// <summary>Linux's file functions that .NET does not offer. Any thread.</summary>
internal static class LinuxFile
{
    private const int ReadOnly = 0x80000;           // O_RDONLY | O_CLOEXEC
    private const int CurrentFolder = -100;         // AT_FDCWD
    private const uint Type = 1;                    // STATX_TYPE
    private const uint LinkCount = 4;               // STATX_NLINK
    private const int TypeBits = 0xF000;            // S_IFMT
    private const int Regular = 0x8000;             // S_IFREG
    private const ulong MountRoot = 0x2000;         // STATX_ATTR_MOUNT_ROOT
    private const int GetLock = 36;                 // F_OFD_GETLK
    private const int SetLock = 37;                 // F_OFD_SETLK
    private const short ReadLock = 0;               // F_RDLCK
    private const short WriteLock = 1;              // F_WRLCK
    private const short NoLock = 2;                 // F_UNLCK
    private const int NoEntry = 2;                  // ENOENT
    private const int OtherDevice = 18;             // EXDEV

    /// <summary>Returns the number of hard links to a file, and whether it is mounted by itself. Symbolic links are followed.</summary>
    public static (uint Links, bool IsMounted) NamesOf(string path)
    {
        // struct statx is the same on every architecture: attributes at byte 8, links at byte 16.
        var file = new byte[256];
        if (statx(CurrentFolder, path, 0, LinkCount, file) != 0) return (1, false);
        return (BitConverter.ToUInt32(file, 16), (BitConverter.ToUInt64(file, 8) & MountRoot) != 0);
    }

    /// <summary>
    /// Returns false for a folder, pipe, socket or device; true also when the file cannot be looked at. Links are followed.
    /// </summary>
    public static bool IsRegular(string path)
    {
        var file = new byte[256];
        if (statx(CurrentFolder, path, 0, Type, file) != 0) return true;
        return (BitConverter.ToUInt16(file, 28) & TypeBits) == Regular;     // the mode is at byte 28
    }

    /// <summary>
    /// Locks one byte of a file for as long as the handle is open. The lock belongs to the handle (man fcntl: open file description locks);
    /// an ordinary lock ends when the process closes any handle of that file, as SQLite does.
    /// </summary>
    public static bool TryLock(SafeFileHandle file, long position)
    {
        var region = new Region { Type = WriteLock, Start = position, Length = 1 };
        return fcntl(file, SetLock, ref region) == 0;
    }

    /// <summary>Returns whether another handle has locked that byte, and locks nothing.</summary>
    public static bool IsLocked(SafeFileHandle file, long position)
    {
        var region = new Region { Type = ReadLock, Start = position, Length = 1 };
        return fcntl(file, GetLock, ref region) == 0 && region.Type != NoLock;
    }

    /// <summary>Gives a file another name, in the place of what has it. False: that is on another file system.</summary>
    /// <exception cref="IOException">Linux refuses; its number is the result.</exception>
    public static bool TryRename(string path, string name)
    {
        if (rename(path, name) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        if (error == OtherDevice) return false;
        var message = $"{name}: {Marshal.GetPInvokeErrorMessage(error)}";
        throw error == NoEntry ? new DirectoryNotFoundException(message) : new IOException(message, error);
    }

    /// <summary>Gives a file one more name, a hard link. False: there it cannot be, on another file system for one.</summary>
    public static bool TryLink(string path, string name) => OperatingSystem.IsLinux() && link(path, name) == 0;

    /// <summary>Brings the names in a folder to the disk: a file that is there may have no name there yet.</summary>
    /// <exception cref="IOException">They are not there.</exception>
    public static void FlushFolder(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        using var folder = new SafeFileHandle(open(path, ReadOnly, 0), ownsHandle: true);
        if (folder.IsInvalid || fsync(folder) != 0)
            throw new IOException($"The names in {path} cannot be brought to the disk.", Marshal.GetLastPInvokeError());
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int rename(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int link(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fsync(SafeFileHandle file);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] result);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fcntl(SafeFileHandle file, int command, ref Region region);

    // struct flock, on 64 bits
    [StructLayout(LayoutKind.Sequential)]
    private struct Region
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }
}
