using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Storage.Sqlite;

internal sealed class SqliteOptions
{
    /// <summary>
    /// FULL: a commit survives a power cut. NORMAL: it survives a crash of the program, not of the machine. OFF: only for load studies.
    /// </summary>
    [AllowedValues("FULL", "NORMAL", "OFF", ErrorMessage = "Synchronous must be FULL, NORMAL or OFF.")]
    public string Synchronous { get; set; } = "FULL";

    /// <summary>How long to wait for another program's lock on the file.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Page cache of the writer, bytes. Other pages come from the kernel's cache. SQLite walks over all of it at the end of a transaction
    /// that has split a page (it moves a page to a far number and back, and then truncates the file): of 64 MiB that takes half a
    /// millisecond a commit.
    /// </summary>
    [Range(1024 * 1024, 4L * 1024 * 1024 * 1024)]
    public long CacheBytes { get; set; } = 4 * 1024 * 1024;
}
