namespace Maru.Server.Commands.Doctor;

/// <summary>Looks at one kind of thing, and changes nothing.</summary>
internal delegate Task<IReadOnlyList<Finding>> Check(Patient patient, CancellationToken ct);

/// <summary>The server that is looked at: its settings, and this machine's clocks.</summary>
/// <param name="Options">its settings; unknown ones left out</param>
/// <param name="Configuration">the same as they were given, with the framework's own</param>
/// <param name="Time">this machine's time</param>
internal sealed record Patient(MaruOptions Options, IConfigurationRoot Configuration, TimeProvider Time)
{
    /// <summary>Returns a folder, or the nearest one above it that is there: what is not there yet is made at the first start.</summary>
    public static string Nearest(string folder)
    {
        var path = Path.GetFullPath(folder);
        while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } above) path = above;
        return path;
    }
}
