using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Maru.Server.Platform.Sockets;

/// <summary>The other end of one TCP connection, a feature of it. Any thread.</summary>
internal sealed class Peer
{
    private volatile bool _isKnown;

    /// <summary>True once they showed a good token on this connection.</summary>
    public bool IsKnown => _isKnown;

    public static Peer? Of(HttpContext context) => context.Features.Get<Peer>();

    public void SignIn() => _isKnown = true;

    /// <summary>Lets the server read a connection's requests in turns.</summary>
    public static void ReadInTurns(ConnectionContext connection, Peer peer)
    {
        connection.Features.Set(peer);
        var pipe = connection.Transport;
        connection.Transport = new Pipe(new RequestReader(pipe.Input, peer), pipe.Output);
    }

    private sealed class Pipe(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
