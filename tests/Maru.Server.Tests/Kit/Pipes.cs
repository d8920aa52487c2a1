using System.Runtime.InteropServices;

namespace Maru.Server.Tests.Kit;

/// <summary>Named pipes: whoever opens one to read waits until somebody writes.</summary>
internal static class Pipes
{
    private const uint OwnerAlone = 0x180;      // 0600

    public static void Make(string path) => mkfifo(path, OwnerAlone).ShouldBe(0);

    /// <summary>Makes one and holds it open: others open it at once to read, and wait for what nobody writes.</summary>
    public static FileStream MakeOpen(string path)
    {
        Make(path);
        return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int mkfifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
