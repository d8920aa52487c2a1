using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Maru.Engine.Queues;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Maru.Server.Platform.Sockets;

/// <summary>
/// The framework's transport behind our own door: connections pass the <see cref="Admission"/> before anything is made for them. All
/// listeners use it.
/// </summary>
internal sealed partial class SocketTransport(
    Admission admission, IOptions<SocketTransportOptions> options, TimeProvider time, ILoggerFactory logs)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint or UnixDomainSocketEndPoint or FileHandleEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket socket;
        try
        {
            socket = options.Value.CreateBoundListenSocket(endpoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }

        socket.Listen(options.Value.Backlog);
        var log = logs.CreateLogger<SocketTransport>();
        return ValueTask.FromResult<IConnectionListener>(new Listener(socket, endpoint, admission, options.Value, time, log));
    }

    /// <summary>Accepts in turns, as others read: a flood of connections holds no event loop.</summary>
    private sealed class Listener : IConnectionListener
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

        private readonly Socket _socket;
        private readonly Admission _admission;
        private readonly TimeProvider _time;
        private readonly SocketTransportOptions _options;
        private readonly SocketConnectionContextFactory _connections;
        private readonly BoundLog _handles;

        public Listener(
            Socket socket, EndPoint endpoint, Admission admission, SocketTransportOptions options, TimeProvider time, ILogger log)
        {
            (_socket, _admission, _options, _time) = (socket, admission, options, time);
            EndPoint = socket.LocalEndPoint ?? endpoint;
            _connections = new SocketConnectionContextFactory(Options(options), log);
            _handles = new BoundLog(time, () => Log.NoHandle(log), _ => Log.Handles(log));
        }

        public EndPoint EndPoint { get; }

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                var isCrowded = _admission.IsCrowded;
                if (isCrowded) await Task.Yield();      // those let in before begin to read
                if (isCrowded || Turn.IsOver(this)) await ReadQueue.NextAsync();
                try
                {
                    var socket = await _socket.AcceptAsync(cancellationToken);
                    if (TryAdmit(socket) is { } connection) return connection;
                }
                catch (ObjectDisposedException)
                {
                    return null;
                }
                catch (SocketException e) when (e.SocketErrorCode == SocketError.OperationAborted)
                {
                    return null;
                }
                catch (SocketException e) when (e.SocketErrorCode == SocketError.TooManyOpenSockets)
                {
                    _handles.Hit();
                    await Task.Delay(Pause, _time, cancellationToken);      // they wait in the kernel's queue
                }
                catch (SocketException)
                {
                    // It was gone before it could be accepted.
                }
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _socket.Dispose();
            return default;
        }

        public ValueTask DisposeAsync()
        {
            _socket.Dispose();
            _connections.Dispose();
            return default;
        }

        /// <summary>With the framework's pool of buffers, which gives memory back; that of the public constructor does not.</summary>
        [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
        private static extern SocketConnectionFactoryOptions Options(SocketTransportOptions options);

        private ConnectionContext? TryAdmit(Socket socket)
        {
            if (_admission.TryEnter(socket.RemoteEndPoint) is not { } peer)
            {
                socket.Close();
                return null;
            }

            if (socket.LocalEndPoint is IPEndPoint) socket.NoDelay = _options.NoDelay;
            var connection = _connections.Create(socket);
            peer.Connect(socket, connection);
            return connection;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "There is no free handle: connections wait until there is one. Raise the limit of open files")]
        public static partial void NoHandle(ILogger log);

        [LoggerMessage(LogLevel.Information, "There are free handles again")]
        public static partial void Handles(ILogger log);
    }
}
