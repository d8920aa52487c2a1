using System.Net;
using System.Runtime.InteropServices;
using Maru.Engine;
using Maru.Engine.Connections;
using Maru.Engine.Queues;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;

namespace Maru.Server.Platform.Sockets;

/// <summary>
/// Who may connect: TCP connections are bounded in all, by address, and by user. Who has shown a good token stays. When there is no place,
/// one of the <see cref="Strangers{T}"/> makes room: of the same address where that has too many, else of the address that has the most. So
/// a newcomer gets in while strangers hold places, and a crowd from one address displaces itself. An address has two lines, one for those
/// who have asked for something. Any thread.
/// </summary>
internal sealed partial class Admission
{
    private readonly Lock _gate = new();
    private readonly Strangers<Peer> _strangers = new();
    private readonly Dictionary<long, int> _ofNetworks = [];    // connections of addresses
    private readonly Dictionary<UserId, int> _ofUsers = [];     // those that stay because of a user
    private readonly ProxyNetworks _proxies;
    private readonly SocketMetrics _metrics;
    private readonly BoundLog _all;
    private readonly BoundLog _address;
    private int _count;
    private volatile bool _isCrowded;

    /// <param name="limits">of connections by address</param>
    /// <param name="rates">load tests run without rate limits, from one address and with few users</param>
    /// <param name="proxies">which have no bound of their own</param>
    /// <param name="max">connections in all</param>
    /// <param name="maxByUser">connections of one user that stay; more are strangers'</param>
    /// <param name="metrics">of sockets</param>
    /// <param name="time">the clock</param>
    /// <param name="log">says when a bound is reached</param>
    public Admission(
        LimitOptions limits, RateLimitOptions rates, ProxyNetworks proxies, int max, int maxByUser, SocketMetrics metrics,
        TimeProvider time, ILogger<Admission> log)
    {
        (_proxies, _metrics, Max) = (proxies, metrics, max);
        var byAddress = limits.ConnectionsPerAddress > 0 ? limits.ConnectionsPerAddress : Math.Max(1, max / 2);
        (MaxByAddress, MaxByUser) = rates.Enabled ? (byAddress, maxByUser) : (int.MaxValue, int.MaxValue);
        _all = new BoundLog(time, () => Log.Full(log, Max), hits => Log.NotFull(log, hits));
        _address = new BoundLog(time, () => Log.AddressFull(log, MaxByAddress), hits => Log.AddressNotFull(log, hits));
        metrics.Watch(() => _count, () => _strangers.Count, Max);
    }

    /// <summary>Connections in all.</summary>
    public int Max { get; }

    /// <summary>Connections of one address.</summary>
    public int MaxByAddress { get; }

    /// <summary>Connections that stay because one and the same user has shown a token.</summary>
    public int MaxByUser { get; }

    /// <summary>
    /// True when the last connection found no free place. Then what has arrived from others is read before the next one is let in: nobody
    /// makes room whose token is here already.
    /// </summary>
    public bool IsCrowded => _isCrowded;

    /// <summary>Lets a connection in, for which a stranger's may have to make room; null: it is refused.</summary>
    public Peer? TryEnter(EndPoint? remote)
    {
        var peer = PeerOf((remote as IPEndPoint)?.Address);
        Peer? leaver = null;
        Bound bound;
        lock (_gate)
        {
            bound = Reached(peer);
            if (bound != Bound.None)
            {
                leaver = bound == Bound.Address
                    ? _strangers.OldestOf(peer.Source, peer.Source with { HasAsked = true })
                    : _strangers.OldestFor(peer.Source);
                if (leaver is not null) Remove(leaver);
            }

            if (bound == Bound.None || leaver is not null) Add(peer);
        }

        _isCrowded = bound != Bound.None;
        if (bound != Bound.None) Say(bound, isRefused: leaver is null);
        leaver?.MakeRoom();
        return peer.IsIn ? peer : null;
    }

    /// <summary>Called with the first request: a crowd that never asks for anything makes room before those who do.</summary>
    public void Ask(Peer peer)
    {
        lock (_gate)
        {
            if (_strangers.Remove(peer)) _strangers.Add(peer, peer.Source with { HasAsked = true });
        }
    }

    /// <summary>Called when a user showed a good token on the connection; false: they have too many, and it is as a stranger's.</summary>
    public bool TryKnow(Peer peer, UserId user)
    {
        lock (_gate)
        {
            // A proxy's connection carries the requests of many.
            if (!peer.IsProxy && _ofUsers.GetValueOrDefault(user) >= MaxByUser) return false;
            if (!_strangers.Remove(peer)) return false;
            if (peer.IsProxy) return true;
            Count(_ofUsers, user, 1);
            peer.User = user;
            return true;
        }
    }

    public void Leave(Peer peer)
    {
        lock (_gate) Remove(peer);
    }

    /// <summary>Everybody behind a proxy has its address: it has no bound of its own, and bounds them itself.</summary>
    private Peer PeerOf(IPAddress? address)
    {
        if (address?.IsIPv4MappedToIPv6 is true) address = address.MapToIPv4();
        var isProxy = address is null || _proxies.Contains(address);
        return new Peer(this, isProxy ? 0 : RateLimits.KeyOf(address), isProxy);
    }

    private Bound Reached(Peer peer)
    {
        if (!peer.IsProxy && _ofNetworks.GetValueOrDefault(peer.Network) >= MaxByAddress) return Bound.Address;
        return _count >= Max ? Bound.All : Bound.None;
    }

    private void Add(Peer peer)
    {
        peer.IsIn = true;
        _strangers.Add(peer, peer.Source);
        _count++;
        Count(_ofNetworks, peer.Network, 1);
    }

    private void Remove(Peer peer)
    {
        if (!peer.IsIn) return;
        peer.IsIn = false;
        _strangers.Remove(peer);
        _count--;
        Count(_ofNetworks, peer.Network, -1);
        if (peer.User != default) Count(_ofUsers, peer.User, -1);
    }

    private static void Count<T>(Dictionary<T, int> counts, T key, int change)
        where T : notnull
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _);
        count += change;
        if (count == 0) counts.Remove(key);
    }

    private void Say(Bound bound, bool isRefused)
    {
        var name = new KeyValuePair<string, object?>("bound", bound == Bound.All ? "all" : "address");
        (isRefused ? _metrics.Refused : _metrics.Displaced).Add(1, name);
        (bound == Bound.All ? _all : _address).Hit();
    }

    private enum Bound : byte
    {
        None,
        Address,
        All,
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "All {Max} connections are taken: for each new one an old one without a token makes room, of the address that has the most")]
        public static partial void Full(ILogger log, int max);

        [LoggerMessage(LogLevel.Information, "There are places for connections again; {Count} found none or made room")]
        public static partial void NotFull(ILogger log, long count);

        [LoggerMessage(
            LogLevel.Warning, "An address has its {Max} connections: its oldest one without a token makes room for each new one")]
        public static partial void AddressFull(ILogger log, int max);

        [LoggerMessage(LogLevel.Information, "No address has too many connections any more; {Count} were refused or made room")]
        public static partial void AddressNotFull(ILogger log, long count);
    }
}
