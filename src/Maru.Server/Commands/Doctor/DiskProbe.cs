using Maru.Server.Files;

namespace Maru.Server.Commands.Doctor;

/// <summary>Measures a disk by a file that is removed afterwards. At most three seconds and 64 MB.</summary>
/// <param name="Half">milliseconds within which half of the appends were on the disk</param>
/// <param name="Most">the same of 99 in a hundred</param>
/// <param name="MegabytesPerSecond">of one large write, until all is on the disk</param>
internal sealed record DiskProbe(double Half, double Most, double MegabytesPerSecond)
{
    private const int AppendBytes = 4096;
    private const int MostAppends = 1000;
    private const int BlockBytes = 1 << 20;
    private const long MostBytes = 64_000_000 - (MostAppends * AppendBytes);

    private static readonly TimeSpan AppendTime = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan WriteTime = TimeSpan.FromSeconds(1);

    /// <param name="folder">where the file is made</param>
    /// <param name="free">bytes that the disk has: a quarter of them is written at most</param>
    /// <exception cref="IOException">Nothing can be written there.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write there.</exception>
    public static DiskProbe Measure(string folder, long free, TimeProvider time, CancellationToken ct)
    {
        var path = Path.Combine(folder, $".maru-doctor-{Guid.NewGuid():n}");
        using var file = OwnFile.Open(path, FileMode.CreateNew, FileShare.None, FileOptions.DeleteOnClose);
        var appends = Append(file, time, ct);
        var rate = Write(file, Math.Min(MostBytes, free / 4), time, ct);
        return new DiskProbe(At(appends, 0.5), At(appends, 0.99), rate);
    }

    /// <summary>Returns the time that lies at this share of the times, in milliseconds.</summary>
    public static double At(List<double> times, double share)
    {
        times.Sort();
        return times[Math.Min(times.Count - 1, (int)(share * times.Count))];
    }

    private static List<double> Append(FileStream file, TimeProvider time, CancellationToken ct)
    {
        var bytes = new byte[AppendBytes];
        List<double> times = [];
        var begin = time.GetTimestamp();
        while (times.Count == 0 || (times.Count < MostAppends && time.GetElapsedTime(begin) < AppendTime))
        {
            ct.ThrowIfCancellationRequested();
            var start = time.GetTimestamp();
            file.Write(bytes);
            file.Flush(flushToDisk: true);
            times.Add(time.GetElapsedTime(start).TotalMilliseconds);
        }

        return times;
    }

    private static double Write(FileStream file, long most, TimeProvider time, CancellationToken ct)
    {
        var block = new byte[BlockBytes];
        Random.Shared.NextBytes(block);     // some disks do not write zeros
        var (begin, written) = (time.GetTimestamp(), 0L);
        do
        {
            ct.ThrowIfCancellationRequested();
            file.Write(block);
            file.Flush(flushToDisk: written % (8 * BlockBytes) == 0);   // else the kernel takes all, and the last flush takes the time
            written += BlockBytes;
        }
        while (written + BlockBytes <= most && time.GetElapsedTime(begin) < WriteTime);
        file.Flush(flushToDisk: true);
        return written / 1e6 / time.GetElapsedTime(begin).TotalSeconds;
    }
}
