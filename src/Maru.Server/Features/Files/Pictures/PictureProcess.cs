using System.Runtime.InteropServices;
using System.Text.Json;
using Maru.Server.Platform.Sockets;

namespace Maru.Server.Features.Files.Pictures;

/// <summary>
/// The process that makes pictures, which is this program run as <c>maru pictures</c>: it reads a request a line, answers each with a
/// line, and ends with its input. What it may use is bounded from within, and how long a picture takes from without.
/// </summary>
internal static class PictureProcess
{
    public const string Command = "pictures";

    /// <summary>What it says once it can work.</summary>
    public const string Ready = "ready";

    /// <summary>Seconds of a core in all: where the server is gone and nobody ends it, it does not go on for ever.</summary>
    private const int MostSeconds = 3600;

    private const int ProbeBytes = 64 * 1024;
    private const int NoNewPrivileges = 38; // PR_SET_NO_NEW_PRIVS
    private const int Time = 0;             // RLIMIT_CPU
    private const int Data = 2;             // RLIMIT_DATA
    private const int Core = 4;             // RLIMIT_CORE

    /// <param name="memory">bytes that it may have</param>
    public static int Run(long memory)
    {
        Bound(memory);
        PictureStudio.Open();
        // What the library prints must not be taken for an answer.
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        Console.SetOut(TextWriter.Null);
        output.WriteLine(Ready);
        while (Console.ReadLine() is { } line)
        {
            var request = JsonSerializer.Deserialize(line, PictureJson.Default.PictureRequest)!;
            output.WriteLine(JsonSerializer.Serialize(TryMake(request), PictureJson.Default.PictureAnswer));
        }

        return 0;
    }

    private static PictureAnswer TryMake(PictureRequest request)
    {
        try
        {
            return new PictureAnswer(PictureStudio.Make(request));
        }
        catch (Exception e) when (e is NetVips.VipsException or OutOfMemoryException)
        {
            // The library says the same of a picture that it cannot read and of a disk that it cannot write
            return new PictureAnswer(null, HasFailed: !CanWrite(request.Folder));
        }
        catch (IOException)
        {
            return new PictureAnswer(null, HasFailed: true);
        }
    }

    private static bool CanWrite(string folder)
    {
        try
        {
            var path = Path.Combine(folder, "probe");
            File.WriteAllBytes(path, new byte[ProbeBytes]);
            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Bound(long memory)
    {
        if (!OperatingSystem.IsLinux()) return;
        Niceness.Lower();
        _ = prctl(NoNewPrivileges, 1, 0, 0, 0);
        _ = setrlimit(Data, new Limit { Soft = (ulong)memory, Hard = (ulong)memory });
        _ = setrlimit(Time, new Limit { Soft = MostSeconds, Hard = MostSeconds });
        _ = setrlimit(Core, default);
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int prctl(int option, ulong first, ulong second, ulong third, ulong fourth);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setrlimit(int resource, in Limit limit);

    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
