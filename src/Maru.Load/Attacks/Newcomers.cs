using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Maru.Load.Measuring;

namespace Maru.Load.Attacks;

/// <summary>
/// People who come while the run goes on, from an address of their own each: with a token over a new socket, by signing in over REST;
/// and a balancer that asks whether the server lives. On schedule, whatever has come of those before.
/// </summary>
/// <param name="servers">the members' servers, each in turn</param>
/// <param name="tokens">members' tokens</param>
/// <param name="handles">members' handles; their password is the one that <c>maru seed</c> gives</param>
/// <param name="periods">the periods to tell apart</param>
internal sealed class Newcomers(
    IReadOnlyList<AttackTarget> servers, IReadOnlyList<string> tokens, IReadOnlyList<string> handles, Periods periods)
{
    private const int SignInEvery = 8;
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly AttackTally _tally = new();
    private readonly Probe[] _entries = Each(periods);
    private readonly Probe[] _signIns = Each(periods);
    private readonly Probe[] _lives = Each(periods);

    /// <summary>From the first packet to CONNECTED, by period.</summary>
    public IReadOnlyList<Probe> Entries => _entries;

    /// <summary>From the first packet to the response of <c>POST /api/auth/login</c>.</summary>
    public IReadOnlyList<Probe> SignIns => _signIns;

    /// <summary>The same of <c>GET /health/live</c>.</summary>
    public IReadOnlyList<Probe> Lives => _lives;

    public async Task RunAsync(long from, long until, CancellationToken ct)
    {
        var running = new List<Task>();
        for (var i = 0; ; i++)
        {
            var due = from + (i * Ticks.FromSeconds(Every.TotalSeconds));
            if (due >= until) break;
            await Ticks.UntilAsync(due, ct);
            if (ct.IsCancellationRequested) break;
            var (number, server, period) = (i, servers[i % servers.Count], periods.At(due));
            running.RemoveAll(task => task.IsCompleted);
            running.Add(TryAsync(_entries[period], due, server, number, connection =>
                connection.ConnectAsync(server, tokens[number % tokens.Count], ct), ct));
            running.Add(TryAsync(_lives[period], due, server, number, connection => connection.AskAsync(Live(server), ct), ct));
            if (i % SignInEvery == 0 && handles.Count > 0)
                running.Add(TryAsync(_signIns[period], due, server, number, connection =>
                    connection.AskAsync(SignIn(server, handles[number / SignInEvery % handles.Count]), ct), ct));
        }

        await Task.WhenAll(running);
    }

    private async Task TryAsync(
        Probe probe, long due, AttackTarget server, int number, Func<RawConnection, Task> enter, CancellationToken ct)
    {
        await Task.Yield();
        RawConnection? connection = null;
        try
        {
            connection = await RawConnection.OpenAsync(server, server.Newcomer(number), isDeaf: false, _tally, ct);
            await enter(connection).WaitAsync(Patience, TimeProvider.System, ct);
            probe.Succeeded(Ticks.Now - due);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the run is over
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or TimeoutException)
        {
            probe.Fail(connection?.Reason(e) ?? RawConnection.HowItEnded(e));
        }
        finally
        {
            connection?.Dispose();
        }
    }

    private static byte[] Live(AttackTarget server) =>
        Encoding.ASCII.GetBytes($"GET /health/live HTTP/1.1\r\nHost: {server.Node.HostHeader}\r\nConnection: close\r\n\r\n");

    private static byte[] SignIn(AttackTarget server, string handle)
    {
        var body = JsonSerializer.Serialize(new { handle, password = "password" });
        return Encoding.ASCII.GetBytes($"POST /api/auth/login HTTP/1.1\r\nHost: {server.Node.HostHeader}\r\nConnection: close\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    private static Probe[] Each(Periods periods) => [.. periods.Names.Select(_ => new Probe())];
}
