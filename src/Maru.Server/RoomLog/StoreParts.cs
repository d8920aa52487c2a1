using Maru.Engine.Log;
using Maru.Server.Storage;
using Maru.Server.Storage.Postgres;
using Maru.Server.Storage.Sqlite;

namespace Maru.Server.RoomLog;

/// <summary>Registers the store and the rooms' log on it: SQLite or PostgreSQL.</summary>
internal static class StoreParts
{
    public static void AddStore(this IServiceCollection services, StorageOptions storage)
    {
        services.AddSingleton(storage);
        services.AddSingleton<Migrator>();
        if (!storage.IsShared)
        {
            Add<SqliteDatabase, SqliteRoomLog>(services);
            return;
        }

        Add<PostgresDatabase, PostgresRoomLog>(services);
        services.AddHostedService(provider =>
            ActivatorUtilities.CreateInstance<PostgresPromises>(provider, (PostgresDatabase)provider.GetRequiredService<Database>()));
    }

    private static void Add<TDatabase, TLog>(IServiceCollection services)
        where TDatabase : Database
        where TLog : IRoomLog
    {
        services.AddSingleton<Database, TDatabase>();
        services.AddSingleton<IRoomLog>(provider =>
            ActivatorUtilities.CreateInstance<TLog>(provider, provider.GetRequiredService<Database>()));
    }
}
