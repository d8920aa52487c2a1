using System.Data.Common;
using Maru.Server.Configuration;

namespace Maru.Server.Storage.Postgres;

/// <summary>Checks at start whether PostgreSQL is configured to keep what it acknowledges.</summary>
internal sealed partial class PostgresPromises(PostgresDatabase database, ILogger<PostgresPromises> log) : IHostedService
{
    /// <exception cref="StartException">The store cannot be read.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            const string sql =
                """
                SELECT name FROM pg_settings
                WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') AND setting = 'off' ORDER BY name
                """;
            foreach (var setting in await database.ListAsync<string>(sql, null, cancellationToken)) Log.Relaxed(log, setting);
        }
        catch (DbException e)
        {
            throw database.Unusable(e);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning, "PostgreSQL's {Setting} is off: a crash or a power cut of its machine can take back what was acknowledged")]
        public static partial void Relaxed(ILogger log, string setting);
    }
}
