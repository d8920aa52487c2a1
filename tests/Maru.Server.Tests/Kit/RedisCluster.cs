using System.Diagnostics;

namespace Maru.Server.Tests.Kit;

/// <summary>A Redis Cluster of the test's own: three masters without replicas, which share the slots.</summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private const int Masters = 3;

    private readonly RedisProcess[] _masters =
        [.. Enumerable.Range(0, Masters).Select(_ => new RedisProcess("--cluster-enabled", "yes", "--cluster-node-timeout", "2000"))];

    public IReadOnlyList<RedisProcess> All => _masters;

    /// <summary>host:port of each.</summary>
    public string Addresses => string.Join(',', _masters.Select(x => x.Address));

    public static async Task<RedisCluster> StartAsync()
    {
        var cluster = new RedisCluster();
        try
        {
            await Task.WhenAll(cluster._masters.Select(x => x.StartAgainAsync()));
            await JoinAsync(cluster._masters.Select(x => x.Address));
            await cluster.WholeAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns once every master knows that all slots are served.</summary>
    public Task WholeAsync() => Deadline.Until(
        async () =>
        {
            var states = await Task.WhenAll(_masters.Select(x => x.AskAsync("CLUSTER INFO", lines: 2)));
            return Array.TrueForAll(states, x => x?.Contains("cluster_state:ok", StringComparison.Ordinal) is true);
        },
        "the cluster to be whole");

    /// <summary>Connections that listen to the sharded channel, at each master.</summary>
    public Task<int[]> ListenersAsync(string channel) => Task.WhenAll(_masters.Select(x => x.ListenersAsync(channel, sharded: true)));

    public async ValueTask DisposeAsync()
    {
        foreach (var master in _masters) await master.DisposeAsync();
    }

    private static async Task JoinAsync(IEnumerable<string> addresses)
    {
        var start = new ProcessStartInfo("redis-cli") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var arg in (string[])["--cluster", "create", .. addresses, "--cluster-yes"]) start.ArgumentList.Add(arg);
        using var process = Process.Start(start)
            ?? throw new InvalidOperationException("redis-cli is missing: apt-get install redis-tools");
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, output);
    }
}
