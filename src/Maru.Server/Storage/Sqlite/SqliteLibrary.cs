using System.Runtime.InteropServices;
using SQLitePCL;

namespace Maru.Server.Storage.Sqlite;

/// <summary>SQLite itself, set up once for the process.</summary>
internal static class SqliteLibrary
{
    // sqlite3_vfs (sqlite.org/c3ref/vfs.html) on 64 bits: three ints, then pointers.
    private const int VfsBytes = 168;
    private const int NameOffset = 24;
    private const int SleepOffset = 112;

    private static readonly SleepFunction Sleep = SleepFor;     // held: SQLite has its address for ever

    private delegate int SleepFunction(IntPtr vfs, int microseconds);

    /// <summary>Before the first connection.</summary>
    public static void Init()
    {
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        // It counts its memory under one lock for all threads; nobody asks for the count.
        raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
        if (IntPtr.Size == 8 && !OperatingSystem.IsWindows()) SleepInMicroseconds();
    }

    /// <summary>
    /// The library is built to sleep in whole seconds: a reader that met a writer at a bad moment and wanted to wait for a microsecond slept for one, and with some of them
    /// all requests stood still. A file system of our own, but for its sleep the default one, waits for as long as it is asked to.
    /// </summary>
    private static void SleepInMicroseconds()
    {
        raw.sqlite3_initialize();
        var vfs = Marshal.AllocHGlobal(VfsBytes);
        var bytes = new byte[VfsBytes];
        Marshal.Copy(sqlite3_vfs_find(IntPtr.Zero), bytes, 0, VfsBytes);
        Marshal.Copy(bytes, 0, vfs, VfsBytes);
        Marshal.WriteIntPtr(vfs, NameOffset, Marshal.StringToHGlobalAnsi("maru"));
        Marshal.WriteIntPtr(vfs, SleepOffset, Marshal.GetFunctionPointerForDelegate(Sleep));
        if (sqlite3_vfs_register(vfs, 1) != raw.SQLITE_OK) throw new InvalidOperationException("SQLite does not take a file system of ours.");
    }

    private static int SleepFor(IntPtr vfs, int microseconds)
    {
#pragma warning disable RS0030 // it is this thread that is asked to sleep
        if (microseconds < 1000) Thread.Yield();
        else Thread.Sleep(microseconds / 1000);
#pragma warning restore RS0030
        return microseconds;
    }

    [DllImport("e_sqlite3")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern IntPtr sqlite3_vfs_find(IntPtr name);

    [DllImport("e_sqlite3")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int sqlite3_vfs_register(IntPtr vfs, int makeDefault);
}
