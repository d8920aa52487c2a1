using System.Data.Common;

namespace Maru.Server.Storage;

/// <summary>Where the server keeps what must not be lost.</summary>
/// <param name="Database">
/// the setting <c>Maru:Database</c>: the connection string says which store it is, as PostgreSQL's has a host
/// </param>
/// <param name="Data">the setting <c>Maru:Data</c>: the folder for keys and files</param>
internal sealed record StorageOptions(string Database, string Data)
{
    /// <summary>Other nodes may use the store too: it is PostgreSQL.</summary>
    public bool IsShared { get; } = HasHost(Database);

    private static bool HasHost(string database)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = database };
            return parts.ContainsKey("Host") || parts.ContainsKey("Server");
        }
        catch (ArgumentException)
        {
            return false;   // SQLite's own reader says what is wrong with it
        }
    }
}
