namespace Maru.Server.Files;

/// <summary>
/// Files that the operator gives: keys, certificates, secrets. Each is looked at before it is opened: a pipe would hang the start, and a
/// device never ends.
/// </summary>
internal static class GivenFile
{
    private const int MostBytes = 64 * 1024;

    /// <summary>Refuses what is there and is no file.</summary>
    /// <exception cref="IOException">It is a folder, pipe, socket or device.</exception>
    public static void Check(string path)
    {
        if (Directory.Exists(path)) throw new IOException($"{path} is a folder, not a file.");
        if (OperatingSystem.IsLinux() && !LinuxFile.IsRegular(path))
            throw new IOException($"{path} is a pipe, a socket or a device, not a file.");
    }

    /// <summary>Reads a whole file in UTF-8.</summary>
    /// <exception cref="IOException">It is not there, is no file, or is too large for what it should be.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static string Read(string path)
    {
        Check(path);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[MostBytes + 1];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length > MostBytes) throw new IOException($"{path} has more than {MostBytes} bytes.");
        using var text = new StreamReader(new MemoryStream(bytes, 0, length));
        return text.ReadToEnd();
    }
}
