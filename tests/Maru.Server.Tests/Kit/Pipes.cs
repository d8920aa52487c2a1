using System.Runtime.InteropServices;

namespace Maru.Server.Tests.Kit;

/// <summary>Named pipes: whoever opens one to read waits until somebody writes.</summary>
internal static class Pipes
{
    private const uint OwnerAlone = 0x180;      // 0600

    public static void Make(string path) => mkfifo(path, OwnerAlone).ShouldBe(0);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int mkfifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
