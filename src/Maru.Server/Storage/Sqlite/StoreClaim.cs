using Maru.Server.Configuration;
using Maru.Server.Files;
using Microsoft.Win32.SafeHandles;

namespace Maru.Server.Storage.Sqlite;

/// <summary>
/// Lets one server at a time use an embedded store, under any name: a second one would not see the first one's members, messages and keys.
/// Taken before the store is opened and disposed after it is closed; the kernel ends it with the process.
/// </summary>
internal sealed class StoreClaim : IDisposable
{
    private const long LockOffset = 1L << 62;   // of the locked byte: far behind those that SQLite locks

    private readonly SafeFileHandle _file;

    /// <exception cref="StartException">Another server has the store, or the store cannot be used under this name.</exception>
    public StoreClaim(StorageOptions storage)
    {
        var path = SqliteFile.Prepare(storage.Database).Path;
        try
        {
            _file = OperatingSystem.IsLinux() && Environment.Is64BitProcess ? Lock(path) : LockBeside(path);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartException($"The store {path} cannot be opened. Give this user the right to read and write there.", e);
        }
        catch (IOException e)
        {
            throw new StartException(
                $"Another server uses the store {path}, or a restore makes it. End it first; several servers together need PostgreSQL.", e);
        }
    }

    /// <summary>Returns whether a server has the store now; false also where the system cannot tell.</summary>
    public static bool IsTaken(string path)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess) return false;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return LinuxFile.IsLocked(file, LockOffset);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Locks the store itself, so that the lock holds for every path to it, through links, mounts and renames.</summary>
    private static SafeFileHandle Lock(string path)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (LinuxFile.TryLock(file, LockOffset)) return file;
        file.Dispose();
        throw new IOException("Its lock is taken.");
    }

    /// <summary>Locks a file beside the store, where the store itself cannot be locked.</summary>
    private static SafeFileHandle LockBeside(string path)
    {
        var store = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        return File.OpenHandle($"{store}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
    }
}
