using Maru.Server.Bus;
using StackExchange.Redis;

namespace Maru.Server.Commands.Doctor;

/// <summary>
/// Each Redis of the bus between nodes. That one is away is a warning: nodes go on without it, and lose nothing. That it refuses them is a
/// problem, which does not pass by itself.
/// </summary>
internal static class RedisCheck
{
    private const int Pings = 20;
    private const double SlowMilliseconds = 10;
    private const string KeepsAll = "noeviction";

    /// <summary>Words of exceptions of a connection that Redis takes and refuses.</summary>
    private static readonly string[] Refusals = ["NOAUTH", "WRONGPASS", "AuthenticationFailure"];

    public static async Task<IReadOnlyList<Finding>> LookAsync(Patient patient, CancellationToken ct)
    {
        List<Finding> found = [];
        foreach (var server in patient.Options.Redis.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            found.AddRange(await LookAsync(server, patient));
        return found;
    }

    private static async Task<IReadOnlyList<Finding>> LookAsync(string address, Patient patient)
    {
        var settings = RedisSettings.Of(address, patient.Options.Bus);
        settings.AbortOnConnectFail = true;
        settings.AllowAdmin = true;     // the library takes INFO for a command of admins
        settings.ClientName = "maru-doctor";
        try
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync(settings);
            var server = connection.GetServer(connection.GetEndPoints()[0]);
            var info = (await server.InfoAsync()).SelectMany(x => x).ToLookup(x => x.Key, x => x.Value);
            return
            [
                Finding.Ok(
                    "redis", $"Redis {server.Version}, {address}{(server.ServerType == ServerType.Cluster ? ", of a cluster" : "")}"),
                Eviction(address, info["maxmemory_policy"].FirstOrDefault() ?? KeepsAll),
                await LatencyAsync(address, server, patient.Time),
                await ClockAsync(address, server, patient),
            ];
        }
        catch (RedisException e) when (e is RedisServerException || Array.Exists(Refusals, x => Says(e, x)))
        {
            return [Finding.Problem("redis", $"{address} refuses us", "Correct Maru:Bus:Password, or what that user may do.")];
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return
            [
                Finding.Warning(
                    "redis",
                    $"{address} does not answer: nothing is lost, and messages between nodes take until the next look into the store",
                    "Start it, or correct Maru:Redis and Maru:Bus:Tls."),
            ];
        }
    }

    private static bool Says(Exception e, string word) => e.ToString().Contains(word, StringComparison.OrdinalIgnoreCase);

    private static Finding Eviction(string address, string policy) => policy == KeepsAll
        ? Finding.Ok("redis", $"maxmemory-policy of {address} is {policy}")
        : Finding.Warning(
            "redis",
            $"maxmemory-policy of {address} is {policy}: it drops keys when it is full. Maru keeps none there, and the others' may go",
            $"Set maxmemory-policy to {KeepsAll}, or give the bus a Redis of its own.");

    private static async Task<Finding> LatencyAsync(string address, IServer server, TimeProvider time)
    {
        List<double> times = [];
        for (var i = 0; i < Pings; i++)
        {
            var start = time.GetTimestamp();
            await server.PingAsync();
            times.Add(time.GetElapsedTime(start).TotalMilliseconds);
        }

        var (half, most) = (DiskProbe.At(times, 0.5), DiskProbe.At(times, 0.99));
        var found = FormattableString.Invariant($"{address} answers in p50 {half:F2} ms, p99 {most:F2} ms");
        return half < SlowMilliseconds
            ? Finding.Ok("redis", found)
            : Finding.Warning("redis", found, "Bring it nearer: a message to another node takes that long.");
    }

    private static async Task<Finding> ClockAsync(string address, IServer server, Patient patient)
    {
        var before = patient.Time.GetUtcNow();
        var there = new DateTimeOffset(await server.TimeAsync(), TimeSpan.Zero);
        return ClockCheck.Compare($"Redis {address}", there, before, patient.Time.GetUtcNow(), patient.Options.Jwt.ClockSkew);
    }
}
