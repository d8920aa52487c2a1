namespace Maru.Server.Storage.Sqlite;

/// <summary>
/// One server at a time on one embedded store: a second one would not see the first one's members, messages and keys. The kernel lets go of it when the process ends,
/// however that happens.
/// </summary>
internal sealed class StoreClaim : IDisposable
{
    private readonly FileStream _file;

    private StoreClaim(FileStream file) => _file = file;

    /// <summary>Null: a store for many servers.</summary>
    /// <exception cref="StartException">Another server has it.</exception>
    public static StoreClaim? Take(Database database)
    {
        if (database is not SqliteDatabase) return null;
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            return new StoreClaim(new FileStream($"{database.Name}.lock", options));
        }
        catch (IOException e)
        {
            throw new StartException($"Another server uses the store {database.Name}. End it first; several servers together need PostgreSQL.", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
