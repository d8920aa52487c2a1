using System.Globalization;
using Maru.Server.Files;
using Maru.Server.Storage.Sqlite;

namespace Maru.Server.Commands.Doctor;

/// <summary>The room on the disks, and how fast they are.</summary>
internal static class DiskCheck
{
    private const long LeastBytes = 256L << 20;
    private const long FewBytes = 2L << 30;
    private const long LeastToMeasure = 8L << 20;
    private const double SlowMilliseconds = 20;
    private const double StandingMilliseconds = 200;

    private static readonly string[] Network = ["nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "afs", "coda", "ceph", "9p", "v9fs"];
    private static readonly string[] Memory = ["tmpfs", "ramfs"];

    public static Task<IReadOnlyList<Finding>> LookAsync(Patient patient, CancellationToken ct)
    {
        var options = patient.Options;
        var data = Patient.Nearest(options.Data);
        var store = options.Storage.IsShared
            ? null
            : Patient.Nearest(Path.GetDirectoryName(SqliteFile.PathOf(options.Database)) ?? options.Data);
        List<Finding> found = [];
        foreach (var folder in new[] { data, store ?? data }.Distinct())
        {
            var disk = new DriveInfo(folder);
            found.Add(Kind(folder, disk, isStore: folder == store));
            found.Add(Space(folder, disk.AvailableFreeSpace));
            found.Add(Speed(folder, disk.AvailableFreeSpace, folder == store ? options.Engine.CommitBatch : 0, patient.Time, ct));
        }

        return Task.FromResult<IReadOnlyList<Finding>>(found);
    }

    private static Finding Kind(string folder, DriveInfo disk, bool isStore)
    {
        var kind = disk.DriveFormat;
        if (isStore && Network.Contains(kind))
        {
            return Finding.Warning(
                "file-system",
                $"the store is in {folder}, which is on a file system of another machine ({kind}): SQLite's locks and its log do not hold "
                + "there, and a store can be damaged",
                "Put the store on a disk of this machine, or use PostgreSQL.");
        }

        return Memory.Contains(kind)
            ? Finding.Warning(
                "file-system", $"{folder} is in memory ({kind}): the machine's end takes all of it",
                "Put Maru:Data and the store on a disk.")
            : Finding.Ok("file-system", $"{folder} is on {kind}");
    }

    private static Finding Space(string folder, long free)
    {
        var found = string.Create(CultureInfo.InvariantCulture, $"{free / 1e9:N2} GB are free in {folder}");
        return free switch
        {
            < LeastBytes => Finding.Problem("disk-space", found, "Free some space: a full disk refuses messages (storage-full)."),
            < FewBytes => Finding.Warning("disk-space", found, "Free some space, or watch it closely."),
            _ => Finding.Ok("disk-space", found),
        };
    }

    /// <param name="batch">drafts that one transaction of the store takes there; 0: the store is elsewhere</param>
    private static Finding Speed(string folder, long free, int batch, TimeProvider time, CancellationToken ct)
    {
        if (free < LeastToMeasure)
            return Finding.Problem("disk-speed", $"too little is free in {folder} to write anything", "Free some space, and look again.");
        try
        {
            var probe = DiskProbe.Measure(folder, free, time, ct);
            var found = string.Create(
                CultureInfo.InvariantCulture,
                $"fsync of a small append in {folder}: p50 {probe.Half:F2} ms, p99 {probe.Most:F2} ms; {probe.MegabytesPerSecond:F0} MB/s");
            if (batch > 0)
                found += string.Create(
                    CultureInfo.InvariantCulture,
                    $". Each commit waits for one fsync: {probe.Half:F2} ms mean some {1000 / probe.Half:N0} commits a second, of up to "
                        + $"{batch:N0} messages each");
            return probe is { Half: < SlowMilliseconds, Most: < StandingMilliseconds }
                ? Finding.Ok("disk-speed", found)
                : Finding.Warning(
                    "disk-speed", found,
                    "Use a disk of its own or a faster one: each message waits for that long until it is acknowledged.");
        }
        catch (UnauthorizedAccessException)
        {
            return Finding.Problem("disk-speed", $"this user may not write in {folder}", "Give it the right, or run as the server's user.");
        }
        catch (IOException e)
        {
            return OwnFile.IsFull(e)
                ? Finding.Problem("disk-speed", $"the disk of {folder} is full, or what this user may have of it", "Free some space.")
                : Finding.Problem("disk-speed", $"{folder} cannot be written: {e.Message}", "Check the disk and its mount.");
        }
    }
}
