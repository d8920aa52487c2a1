using System.Runtime.InteropServices;

namespace Maru.Server.Tests.Kit;

/// <summary>Sends signals to a test's own process, by its id.</summary>
internal static class Signals
{
    public static void Kill(int process) => _ = Send(process, 9);

    /// <summary>
    /// Ends the process as a crash does. By SIGSYS: .NET gives its handler of SIGSEGV up at the first one and goes on, since after a fault
    /// of its own the same instruction fails again; one from outside ends nothing.
    /// </summary>
    public static void Crash(int process) => _ = Send(process, 31);

    /// <summary>Freezes the process: it stays, and does nothing.</summary>
    public static void Pause(int process) => _ = Send(process, 19);

    public static void Resume(int process) => _ = Send(process, 18);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Send(int process, int signal);
}
