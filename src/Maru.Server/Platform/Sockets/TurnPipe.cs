using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Maru.Server.Platform.Sockets;

/// <summary>Puts the <see cref="RequestReader"/> before what the HTTP server reads of a connection.</summary>
internal sealed class TurnPipe(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => output;

    public static void Insert(ConnectionContext connection)
    {
        var pipe = connection.Transport;
        connection.Transport = new TurnPipe(new RequestReader(pipe.Input, Peer.Of(connection.Features)), pipe.Output);
    }
}
