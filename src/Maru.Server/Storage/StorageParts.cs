using System.Data.Common;
using Maru.Engine.Log;
using Maru.Server.RoomLog;
using Maru.Server.Storage.Postgres;
using Maru.Server.Storage.Sqlite;

namespace Maru.Server.Storage;

internal static class StorageParts
{
    /// <summary>Which store it is, the connection string says: SQLite's begins with its file, PostgreSQL's has a host.</summary>
    public static void AddStorage(this IServiceCollection services, MaruOptions options)
    {
        services.AddSingleton<Migrator>();
        if (!IsShared(options))
        {
            Add<SqliteDatabase, SqliteRoomLog>(services);
            return;
        }

        Add<PostgresDatabase, PostgresRoomLog>(services);
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<PostgresPromises>(provider, (PostgresDatabase)provider.GetRequiredService<Database>()));
    }

    /// <summary>Other nodes may use it too.</summary>
    public static bool IsShared(MaruOptions options)
    {
        try
        {
            return new DbConnectionStringBuilder { ConnectionString = options.Database } is var parts && (parts.ContainsKey("Host") || parts.ContainsKey("Server"));
        }
        catch (ArgumentException)
        {
            return false;   // SQLite's own reader says what is wrong with it
        }
    }

    private static void Add<TDatabase, TLog>(IServiceCollection services)
        where TDatabase : Database
        where TLog : IRoomLog
    {
        services.AddSingleton<Database, TDatabase>();
        services.AddSingleton<IRoomLog>(provider => ActivatorUtilities.CreateInstance<TLog>(provider, provider.GetRequiredService<Database>()));
    }
}
