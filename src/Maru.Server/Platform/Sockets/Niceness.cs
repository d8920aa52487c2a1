using System.Runtime.InteropServices;

namespace Maru.Server.Platform.Sockets;

/// <summary>How much a thread leaves to others when the cores are busy. The framework's thread priorities do nothing on Linux.</summary>
internal static class Niceness
{
    /// <summary>What the scheduler gives a tenth of the time that it gives others.</summary>
    private const int Low = 10;

    /// <summary>Lowers the calling thread for good; where that cannot be done, it stays as it was.</summary>
    public static void Lower()
    {
        if (OperatingSystem.IsLinux()) _ = Nice(Low);
    }

    /// <summary>On Linux it is the calling thread's alone.</summary>
    [DllImport("libc", EntryPoint = "nice")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Nice(int more);
}
