using System.Data.Common;

namespace Maru.Server.Storage;

/// <summary>The places where the server keeps its data.</summary>
/// <param name="Database">the setting <c>Maru:Database</c>: a connection string with a host is PostgreSQL's, any other SQLite's</param>
/// <param name="Data">the setting <c>Maru:Data</c>: the folder for keys and files</param>
internal sealed record StorageOptions(string Database, string Data)
{
    /// <summary>True when other nodes may use the store too: it is PostgreSQL.</summary>
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
            return false;   // SQLite's own parser names the fault
        }
    }
}
