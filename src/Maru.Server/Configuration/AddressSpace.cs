using System.Runtime.InteropServices;

namespace Maru.Server.Configuration;

/// <summary>
/// Checks the limit on the process's address space (<c>ulimit -v</c>). The runtime reserves far more of it than it uses, and ends the
/// process with a stack trace wherever a reservation fails.
/// </summary>
internal static class AddressSpace
{
    // The collector reserves half of the limit; code, stacks and the allocator's arenas take 2.5 GB before the first client. With 4 GB the
    // server came up and then ended.
    private const long LeastBytes = 6L * 1024 * 1024 * 1024;

    private const int AddressSpaceLimit = 9;    // RLIMIT_AS on Linux

    /// <summary>Returns what is wrong with the limit, in one line; null: nothing.</summary>
    public static string? Fault()
    {
        if (!OperatingSystem.IsLinux() || getrlimit(AddressSpaceLimit, out var limit) != 0 || limit.Soft >= LeastBytes) return null;
        return $"The address space may have {limit.Soft / 1024} KiB (ulimit -v), and the runtime needs {LeastBytes / 1024}: it reserves "
            + "more than it uses. Lift that limit; to bound memory, use a container or a control group.";
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int getrlimit(int resource, out Limit limit);

    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
