using System.Runtime.InteropServices;

namespace Maru.Server.Commands.Doctor;

/// <summary>This machine's clock: what keeps it right, and how far it is from others'. Its time zone does not matter.</summary>
internal static class ClockCheck
{
    private const string Source = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    private const string Synchronized = "/run/systemd/timesync/synchronized";
    private const int NotSynchronized = 0x40;       // STA_UNSYNC of <sys/timex.h>
    private const int StatusAt = 40;                // struct timex, on 64 bits

    private static readonly TimeSpan Far = TimeSpan.FromSeconds(1);
    private static readonly string[] Slow = ["hpet", "acpi_pm", "jiffies"];

    public static Task<IReadOnlyList<Finding>> LookAsync(Patient patient, CancellationToken ct)
    {
        List<Finding> found = [Keeping()];
        if (File.Exists(Source) && File.ReadAllText(Source).Trim() is var source && Slow.Contains(source))
        {
            found.Add(Finding.Warning(
                "clock", $"the kernel reads the time from {source}, which takes microseconds each time",
                "Look why it does not use tsc (dmesg | grep clocksource)."));
        }

        return Task.FromResult<IReadOnlyList<Finding>>(found);
    }

    /// <summary>Compares this clock with another one's.</summary>
    /// <param name="whose">PostgreSQL, Redis</param>
    /// <param name="there">that clock's time, read between the next two</param>
    /// <param name="before">this clock's time before it was asked</param>
    /// <param name="after">this clock's time when it had answered</param>
    /// <param name="skew">how far the clocks of nodes may differ, as set</param>
    public static Finding Compare(string whose, DateTimeOffset there, DateTimeOffset before, DateTimeOffset after, TimeSpan skew)
    {
        var offset = (before + ((after - before) / 2) - there).TotalMilliseconds;
        var doubt = (after - before).TotalMilliseconds / 2;
        var found = FormattableString.Invariant(
            $"this clock is {Math.Abs(offset):F0} ms {(offset < 0 ? "behind" : "before")} that of {whose} (give or take {doubt:F0} ms)");
        const string advice = "Keep all machines' clocks by NTP (timedatectl set-ntp true).";
        var away = Math.Abs(offset) - doubt;
        if (away > Math.Max(skew.TotalMilliseconds, Far.TotalMilliseconds))
            return Finding.Problem("clock", $"{found}, more than Maru:Jwt:ClockSkew: nodes refuse each other's tokens", advice);
        return away > Far.TotalMilliseconds ? Finding.Warning("clock", found, advice) : Finding.Ok("clock", found);
    }

    private static Finding Keeping()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            return Finding.Ok("clock", "this system does not tell whether NTP keeps its clock");
        if (File.Exists(Synchronized)) return Finding.Ok("clock", "systemd-timesyncd keeps it by NTP");
        var state = new byte[512];                  // modes 0: it is only read
        if (adjtimex(state) < 0) return Finding.Ok("clock", "this system does not tell whether NTP keeps its clock");
        return (BitConverter.ToInt32(state, StatusAt) & NotSynchronized) == 0
            ? Finding.Ok("clock", "the kernel says that NTP keeps it")
            : Finding.Warning(
                "clock", "the kernel says that nothing keeps it right",
                "Turn NTP on (timedatectl set-ntp true), on the host where this is a container; some hosts keep their machines' clocks.");
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int adjtimex([In, Out] byte[] state);
}
