using System.Globalization;
using Maru.Server.Configuration;

namespace Maru.Server.Platform.Sockets;

/// <summary>
/// The handles of files and sockets that the process may have, read once. The runtime has raised the soft limit to the hard one before. A
/// process without a free handle can do nothing: accept nobody, read no file, and it ends when its collector wants one. So connections are
/// bounded well below.
/// </summary>
/// <param name="limit">handles that the process may have</param>
/// <param name="open">handles that it has at the start, without a connection: most are its own libraries</param>
internal sealed class Handles(long limit, int open)
{
    /// <summary>For what opens later: the embedded store, the bus, files, connections that are accepted only to be refused.</summary>
    public const int Reserve = 100;

    /// <summary>Fewer connections are no server.</summary>
    private const int LeastConnections = 64;

    /// <summary>Below it the program cannot even load its libraries.</summary>
    private const int LeastLimit = 300;

    /// <summary>Handles where the system does not tell its limit.</summary>
    private const int Unlimited = 1_000_000;

    private const string Limits = "/proc/self/limits";
    private const string Raise = "Raise the limit (ulimit -n, LimitNOFILE of systemd, nofile of a container).";

    /// <summary>Handles that the process may have.</summary>
    public long Limit => limit;

    public static Handles Read() => File.Exists(Limits)
        ? new Handles(ReadLimit(), Directory.GetFiles("/proc/self/fd").Length)
        : new Handles(Unlimited, 0);

    /// <summary>Called first of all: with too few handles the next library fails to load, and nobody could say why.</summary>
    /// <exception cref="StartException">There are too few handles for anything.</exception>
    public static void CheckStart()
    {
        if (File.Exists(Limits) && ReadLimit() is < LeastLimit and var limit)
            throw new StartException($"The process may have {limit} open files and needs {LeastLimit} at least. {Raise}");
    }

    /// <summary>Returns the connections that there may be.</summary>
    /// <param name="wanted">as set; 0: as many as there are handles for</param>
    /// <param name="store">connections to the store</param>
    /// <exception cref="StartException">There are not enough handles.</exception>
    public int ForConnections(int wanted, int store)
    {
        var own = open + Reserve + store;
        var free = (int)Math.Clamp(limit - own, 0, Unlimited);
        var needed = wanted > 0 ? wanted : LeastConnections;
        if (free >= needed) return wanted > 0 ? wanted : free;
        throw new StartException(
            $"The process may have {limit} open files; {own} are its own, and {needed} connections need {own + needed}. {Raise}"
            + (wanted > 0 ? " Or lower Maru:Limits:Connections." : ""));
    }

    /// <summary>proc(5): <c>Max open files  soft  hard  files</c></summary>
    private static long ReadLimit()
    {
        var line = File.ReadAllLines(Limits).First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : Unlimited;
    }
}
