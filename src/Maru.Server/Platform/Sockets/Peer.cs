using Maru.Engine;
using Maru.Engine.Connections;
using Maru.Server.Platform.Limits;
using Microsoft.AspNetCore.Connections;

namespace Maru.Server.Platform.Sockets;

/// <summary>The other end of one TCP connection, a feature of it, and its place in the <see cref="Admission"/>. Any thread.</summary>
/// <param name="admission">which let it in</param>
/// <param name="network">the key of the address, or of the network of an IPv6 address; null: it has no bound of its own</param>
internal sealed class Peer(Admission admission, long? network)
{
    private volatile bool _isKnown;
    private volatile bool _hasAsked;

    public long? Network => network;

    public Source Source => new(network ?? 0);

    /// <summary>True once they showed a good token on this connection.</summary>
    public bool IsKnown => _isKnown;

    /// <summary>The place among those who are not known, which the admission alone uses.</summary>
    public LinkedListNode<Peer>? Stranger { get; set; }

    /// <summary>The user against whom it counts, which the admission alone uses.</summary>
    public Source? User { get; set; }

    /// <summary>True while it is let in; the admission alone changes it.</summary>
    public bool IsIn { get; set; }

    /// <summary>The transport's side of it.</summary>
    public ConnectionContext? Transport { get; set; }

    /// <summary>The client that talks past HTTP, if any: it is read before newcomers, and gets last words.</summary>
    public Connection? Client { get; private set; }

    public static Peer Of(ConnectionContext connection) =>
        connection.Features.Get<Peer>() ?? throw new InvalidOperationException("Only the admission makes connections.");

    public static Peer? Of(HttpContext context) => context.Features.Get<Peer>();

    /// <summary>Returns where a request comes from: its user, or else the address, also of a client behind a proxy.</summary>
    public static Source SourceOf(HttpContext context) => context.User is Caller caller
        ? Source.Of(caller.UserId)
        : new Source(RateLimits.KeyOf(context.Connection.RemoteIpAddress));

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
        Transport?.Abort();
    }
}
