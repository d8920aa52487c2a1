using System.Globalization;
using Maru.Engine.Queues;
using Maru.Server.Configuration;
using Maru.Server.Platform.Sockets;

namespace Maru.Server.Commands.Doctor;

/// <summary>What the system lets the process have: handles, memory, connections that wait to be accepted.</summary>
internal static class SystemCheck
{
    private const string Backlog = "/proc/sys/net/core/somaxconn";
    private const int Waiting = 512;                    // connections that the server asks the kernel to let wait
    private const int FewConnections = 1000;
    private const long LittleMemory = 512L << 20;

    public static Task<IReadOnlyList<Finding>> LookAsync(Patient patient, CancellationToken ct)
    {
        Finding[] found = [Connections(patient.Options), Memory(patient.Options), Accepting()];
        return Task.FromResult<IReadOnlyList<Finding>>(found);
    }

    private static Finding Connections(MaruOptions options)
    {
        var handles = Handles.Read();
        try
        {
            var most = SocketsSetup.MostConnections(handles, options.Limits, options.Postgres, options.Engine);
            var found = string.Create(
                CultureInfo.InvariantCulture,
                $"{most:N0} connections at most, by {handles.Limit:N0} file handles, memory and Maru:Limits:Connections");
            return most >= FewConnections || options.Limits.Connections > 0
                ? Finding.Ok("connections", found)
                : Finding.Warning(
                    "connections", found, "Raise the limit of handles: ulimit -n, LimitNOFILE of systemd, nofile of a container.");
        }
        catch (StartException e)
        {
            return Finding.Problem("connections", e);
        }
    }

    private static Finding Memory(MaruOptions options)
    {
        var all = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var clients = MemoryBudget.BytesOf(options.Engine);
        var pictures = options.Files.Pictures.Workers * options.Files.Pictures.MemoryBytes;
        var found = $"{MiB(all)} may be used: clients {MiB(clients)}, pictures {MiB(pictures)} at most";
        if (all < LittleMemory)
        {
            return Finding.Warning(
                "memory", found, $"Give the process {MiB(LittleMemory)} at least: the container's or control group's limit.");
        }

        return clients + pictures > all
            ? Finding.Warning(
                "memory", $"{found}, which is more together",
                "Lower Maru:Files:Pictures:MemoryBytes or Maru:Engine:ClientMemoryBytes, or give the process more memory.")
            : Finding.Ok("memory", found);
    }

    private static Finding Accepting()
    {
        if (!File.Exists(Backlog)) return Finding.Ok("somaxconn", "this system does not tell");
        var most = int.Parse(File.ReadAllText(Backlog), CultureInfo.InvariantCulture);
        return most >= Waiting
            ? Finding.Ok("somaxconn", $"{most} connections may wait to be accepted")
            : Finding.Warning(
                "somaxconn", $"{most} connections may wait to be accepted: when a crowd comes back at once, the others are refused",
                "Run: sysctl -w net.core.somaxconn=4096");
    }

    private static string MiB(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20:N0} MiB");
}
