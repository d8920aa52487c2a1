using System.Globalization;

namespace Maru.Load.Measuring;

/// <summary>
/// Reads CPU time and resident memory of a process from /proc (proc(5)); zero when there is no such process. A process that is named by a
/// file with its id is found again after a restart. One caller.
/// </summary>
/// <param name="which">a process id, or the path of a file that holds one</param>
internal sealed class ProcessSampler(string which)
{
    private const double ClockTicksPerSecond = 100; // USER_HZ, 100 on every Linux that .NET runs on

    private double _cpuBefore;      // of earlier processes
    private double _cpu;            // of the present one
    private double _lastCpu = -1;
    private long _lastAt;

    public bool Exists => Read("stat").Length > 0;

    /// <summary>Returns the CPU seconds used so far, all threads, user and system, of all its processes over restarts.</summary>
    public double CpuSeconds()
    {
        var fields = Read("stat");
        fields = fields[(fields.LastIndexOf(')') + 1)..]; // the name may hold blanks
        var parts = fields.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var cpu = parts.Length < 13 ? 0 : (Number(parts[11]) + Number(parts[12])) / ClockTicksPerSecond;
        if (cpu < _cpu) _cpuBefore += _cpu;
        _cpu = cpu;
        return _cpuBefore + _cpu;
    }

    public long ResidentBytes()
    {
        var parts = Read("statm").Split(' ');
        return parts.Length < 2 ? 0 : (long)Number(parts[1]) * Environment.SystemPageSize;
    }

    /// <summary>Returns the percent of one core since the call before.</summary>
    public double CpuPercent()
    {
        var (cpu, at) = (CpuSeconds(), Ticks.Now);
        var percent = _lastCpu < 0 || at <= _lastAt ? 0 : Math.Max(0, 100 * (cpu - _lastCpu) * Ticks.PerSecond / (at - _lastAt));
        (_lastCpu, _lastAt) = (cpu, at);
        return percent;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private string Read(string file)
    {
        try
        {
            var pid = int.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? which : File.ReadAllText(which).Trim();
            return pid.Length > 0 && pid.All(char.IsAsciiDigit) ? File.ReadAllText($"/proc/{pid}/{file}") : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
