using StackExchange.Redis;

namespace Maru.Server.Bus;

/// <summary>The settings of connections to Redis, as the library has them.</summary>
internal static class RedisSettings
{
    /// <summary>
    /// Returns the settings of a connection. A publication fails at once when Redis is away: it would be old before it is sent. A server
    /// that is paused or cut off looks connected; after four times <see cref="BusOptions.Patience"/> without a byte from it the library
    /// drops the connection.
    /// </summary>
    /// <param name="endpoint"><c>host:port</c></param>
    public static ConfigurationOptions Of(string endpoint, BusOptions options)
    {
        var patience = (int)options.Patience.TotalMilliseconds;
        return new ConfigurationOptions
        {
            EndPoints = { endpoint },
            ClientName = "maru",
            AbortOnConnectFail = false,
            BacklogPolicy = BacklogPolicy.FailFast,
            ReconnectRetryPolicy = new LinearRetry(patience),
            ConnectTimeout = 2 * patience,
            ConnectRetry = 1,
            AsyncTimeout = patience,
            HeartbeatInterval = TimeSpan.FromMilliseconds(Math.Min(patience, 1000) / 2),
            HeartbeatConsistencyChecks = true,
            KeepAlive = 1,
            Ssl = options.Tls,
            Password = options.Password.Length == 0 ? null : options.Password,
        };
    }
}
