using System.Net.Sockets;
using Maru.Engine;
using Maru.Engine.Connections;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Maru.Server.Platform.Sockets;

/// <summary>
/// The other end of one TCP connection, and its place in the <see cref="Admission"/>. It stands for the connection's socket among its
/// features: that place is there anyway, and one more feature would cost an idle connection 64 bytes. Any thread.
/// </summary>
/// <param name="admission">which let it in</param>
/// <param name="network">the key of the address, or of the network of an IPv6 address</param>
/// <param name="isProxy">true for a proxy of ours, and where the address is unknown: it has no bound of its own</param>
internal sealed class Peer(Admission admission, long network, bool isProxy) : IConnectionSocketFeature
{
    private Socket? _socket;
    private ConnectionContext? _transport;
    private volatile bool _isKnown;
    private volatile bool _hasAsked;

    public Socket Socket => _socket ?? throw new InvalidOperationException("It is not connected.");

    public long Network => network;

    public bool IsProxy => isProxy;

    public Source Source => new(network);

    /// <summary>True once they showed a good token on this connection.</summary>
    public bool IsKnown => _isKnown;

    /// <summary>The user against whom it counts, which the admission alone uses; 0: nobody.</summary>
    public UserId User { get; set; }

    /// <summary>True while it is let in; the admission alone changes it.</summary>
    public bool IsIn { get; set; }

    /// <summary>The client that talks past HTTP, if any: it is read before newcomers, and gets last words.</summary>
    public Connection? Client { get; private set; }

    public static Peer Of(IFeatureCollection features) =>
        Find(features) ?? throw new InvalidOperationException("Only the admission makes connections.");

    public static Peer? Find(IFeatureCollection features) => features.Get<IConnectionSocketFeature>() as Peer;

    /// <summary>Returns where a request comes from: its user, or else the address, also of a client behind a proxy.</summary>
    public static Source SourceOf(HttpContext context) => context.User is Caller caller
        ? Source.Of(caller.UserId)
        : new Source(RateLimits.KeyOf(context.Connection.RemoteIpAddress));

    /// <summary>Called when the transport has taken the socket over.</summary>
    public void Connect(Socket socket, ConnectionContext transport)
    {
        (_socket, _transport) = (socket, transport);
        transport.Features.Set<IConnectionSocketFeature>(this);
    }

    /// <summary>Called with each request.</summary>
    public void Ask()
    {
        if (_hasAsked) return;
        _hasAsked = true;
        admission.Ask(this);
    }

    /// <summary>Called when the client goes on past HTTP.</summary>
    public void Open(Connection client)
    {
        Client = client;
        Ask();
    }

    /// <summary>Called when somebody showed a good token.</summary>
    public void SignIn(UserId user)
    {
        if (!_isKnown) _isKnown = admission.TryKnow(this, user);
    }

    /// <summary>Called when the connection is over.</summary>
    public void Leave() => admission.Leave(this);

    /// <summary>Ends the connection, so that another one finds room.</summary>
    public void MakeRoom()
    {
        Client?.MakeRoom();
        Abort();
    }

    /// <summary>Ends the connection at once.</summary>
    public void Abort() => _transport?.Abort();
}
