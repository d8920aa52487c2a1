using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Maru.Load.Reporting;

/// <summary>The conditions of a run, without which its figures mean nothing.</summary>
internal sealed record Conditions(
    string Started, string Machine, int Cores, string Memory, string Kernel, string Runtime, string Server, string Url, string Tool)
{
    public static Conditions At(DateTimeOffset began, string server, string url) => new(
        began.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture),
        Field("/proc/cpuinfo", "model name"),
        Environment.ProcessorCount,
        string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0.#} GB"),
        $"Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}, {RuntimeInformation.OSDescription}",
        RuntimeInformation.FrameworkDescription,
        server,
        url,
        "maru-load " + Version);

    public static string Version =>
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    private static string Field(string file, string name)
        => File.Exists(file) && File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() : "unknown";
}
