using System.Globalization;

namespace Maru.Load.Measuring;

/// <summary>CPU time and resident memory of a process, from /proc (proc(5)); nothing when there is no such process. One caller.</summary>
internal sealed class ProcessSampler(int pid)
{
    private const double ClockTicksPerSecond = 100; // USER_HZ, 100 on every Linux that .NET runs on

    private double _lastCpu = -1;
    private long _lastAt;

    public bool Exists => File.Exists($"/proc/{pid}/stat");

    /// <summary>CPU seconds used so far, all threads, user and system; 0 when it is gone.</summary>
    public double CpuSeconds()
    {
        var fields = Read("stat");
        fields = fields[(fields.LastIndexOf(')') + 1)..]; // the name may hold blanks
        var parts = fields.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length < 13 ? 0 : (Number(parts[11]) + Number(parts[12])) / ClockTicksPerSecond;
    }

    public long ResidentBytes()
    {
        var parts = Read("statm").Split(' ');
        return parts.Length < 2 ? 0 : (long)Number(parts[1]) * Environment.SystemPageSize;
    }

    /// <summary>Percent of one core since the call before.</summary>
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
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
