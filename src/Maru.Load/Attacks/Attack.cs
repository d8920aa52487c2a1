using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Authentication;
using Maru.Load.Measuring;
using Maru.Load.Scenarios;

namespace Maru.Load.Attacks;

/// <summary>One attack: keeps its number of connections alive, each of which is opened again when the server has ended it.</summary>
/// <param name="name">its kind</param>
/// <param name="target">the server</param>
/// <param name="cast">the attackers' accounts</param>
/// <param name="tally">gets what they did</param>
internal sealed class Attack(AttackName name, AttackTarget target, AttackCast cast, AttackTally tally) : IDisposable
{
    private const long NanosecondsPerByte = 8; // a gigabit a second
    private static readonly TimeSpan PauseAfterEnd = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _opening = new(64);
    private readonly ConcurrentDictionary<string, Lazy<IReadOnlyList<Prepared>>> _prepared = new(StringComparer.Ordinal);
    private readonly long _began = Ticks.Now;
    private long _lineIsFree; // since it began
    private int _listening;

    public AttackName Name => name;

    public AttackTarget Target => target;

    public AttackCast Cast => cast;

    /// <summary>Connections that have done all that they do, but for staying.</summary>
    public int Listening => Volatile.Read(ref _listening);

    public void IsListening() => Interlocked.Increment(ref _listening);

    /// <summary>Makes bytes once for all of the attack's connections: what this process computes, the members' figures feel.</summary>
    public IReadOnlyList<Prepared> Once(string key, Func<IEnumerable<Prepared>> make) =>
        _prepared.GetOrAdd(key, _ => new Lazy<IReadOnlyList<Prepared>>(() => [.. make()])).Value;

    /// <summary>
    /// Waits for the line, a gigabit a second for all of the attack's connections. The kernel takes hundreds of megabytes at once,
    /// and what members felt would be this machine's copying.
    /// </summary>
    public Task LineAsync(int bytes, CancellationToken ct)
    {
        var taken = Interlocked.Add(ref _lineIsFree, bytes * NanosecondsPerByte) - (bytes * NanosecondsPerByte);
        return Ticks.UntilAsync(_began + taken, ct);
    }

    /// <summary>Attacks until it is cancelled.</summary>
    /// <param name="size">share of the usual number of connections</param>
    /// <param name="most">connections that this process may have</param>
    /// <param name="ct">ends it</param>
    public async Task RunAsync(double size, int most, CancellationToken ct)
    {
        var kind = AttackKind.Of(name);
        var sockets = Math.Clamp((int)Math.Round(kind.Connections * size), kind.Least, Math.Max(kind.Least, most));
        await Task.WhenAll(Enumerable.Range(0, sockets)
            .Select(number => Task.Run(() => KeepAsync(kind, number, sockets, ct), CancellationToken.None)));
    }

    public void Dispose() => _opening.Dispose();

    private async Task KeepAsync(AttackKind kind, int number, int sockets, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var ended = await LiveAsync(kind, number, sockets, ct);
            if (ended is null || ct.IsCancellationRequested) continue;
            tally.End(ended);
            await Task.Delay(PauseAfterEnd, TimeProvider.System, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Lives one connection's life; returns why the server ended it, or null when the attacker did.</summary>
    private async Task<string?> LiveAsync(AttackKind kind, int number, int sockets, CancellationToken ct)
    {
        RawConnection? connection = null;
        try
        {
            await _opening.WaitAsync(ct);
            try
            {
                connection = await RawConnection.OpenAsync(target, target.Attacker(number), kind.IsDeaf, tally, ct);
            }
            finally
            {
                _opening.Release();
            }

            await kind.Live(this, connection, new Attacker(number, sockets), ct);
            return null;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or AuthenticationException)
        {
            return connection?.Reason(e) ?? RawConnection.HowItEnded(e);
        }
        finally
        {
            connection?.Dispose();
        }
    }
}

/// <summary>One of an attack's connections.</summary>
/// <param name="Number">from 0</param>
/// <param name="Of">how many there are</param>
internal readonly record struct Attacker(int Number, int Of);
