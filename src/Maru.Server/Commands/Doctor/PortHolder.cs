using System.Globalization;

namespace Maru.Server.Commands.Doctor;

/// <summary>The process that listens on a port, as Linux shows it in <c>/proc</c>.</summary>
/// <param name="Id">of the process</param>
/// <param name="Name">of its program</param>
internal sealed record PortHolder(int Id, string Name)
{
    private const string Listens = "0A";    // TCP_LISTEN

    /// <summary>Returns who listens there; null: nobody that this user can see.</summary>
    public static PortHolder? Of(int port)
    {
        var sockets = Tables().SelectMany(x => Sockets(x, port)).ToHashSet();
        if (sockets.Count == 0) return null;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) && Has(folder, sockets))
                return new PortHolder(id, NameOf(folder));
        }

        return null;
    }

    private static IEnumerable<string> Tables() => ((string[])["/proc/net/tcp", "/proc/net/tcp6"]).Where(File.Exists);

    /// <summary>proc(5): number, local address and port in hex, remote ones, state … and the inode as the tenth.</summary>
    private static IEnumerable<string> Sockets(string table, int port) =>
        from line in File.ReadLines(table).Skip(1)
        let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where words.Length > 9 && words[3] == Listens
            && words[1].EndsWith(port.ToString("X4", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        select $"socket:[{words[9]}]";

    private static bool Has(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(process, "fd"))
                .Any(x => File.ResolveLinkTarget(x, returnFinalTarget: false) is { Name: var name } && sockets.Contains(name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;   // another user's, or it has just ended
        }
    }

    private static string NameOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).Trim();
        }
        catch (IOException)
        {
            return "a program that has just ended";
        }
    }
}
