using System.Net.Sockets;
using System.Text;
using Maru.Engine.Wire;
using Maru.Load.Inbound;
using Maru.Load.Measuring;

namespace Maru.Load.Clients;

// Dialing, the handshakes, dropping and coming back.
internal sealed partial class Loop
{
    private void Fire(Client client, LoopTimer timer)
    {
        if (timer == LoopTimer.Dial)
        {
            client.State = ClientState.Dialing;
            _run.Dialer.Dial(client, _dialed);
        }
        else if (client.State == ClientState.Ready && !_draining)
        {
            Counters.Drops++;
            Lose(client, reason: null);
        }
        else if (!_draining)
        {
            ScheduleDrop(client);
        }
    }

    private void Open(Dialed dialed)
    {
        var client = dialed.Client;
        if (dialed.Socket is null)
        {
            if (!client.WasReady)
            {
                _failure ??= dialed.Error == SocketError.TooManyOpenSockets
                    ? $"This process may not open {_scenario.Clients:N0} sockets. Raise the limit, the server's too: ulimit -n {_scenario.Clients + 200}"
                    : $"Nothing answers at {_run.HostHeader}: {dialed.Error}. Is the server running there? (--url)";
            }

            Lose(client, dialed.Error.ToString());
            return;
        }

        Counters.Connections++;
        client.Socket = dialed.Socket;
        client.Frames = new ServerFrames();
        client.State = ClientState.Upgrading;
        client.Interest = Poller.Readable;
        _poller.Watch(dialed.Socket, client.Slot, client.Interest);
        client.Out.Append(Upgrade.Request(_run.HostHeader, _run.Path));
        MarkDirty(client);
    }

    /// <summary>Reads the HTTP answer; answers the bytes it took, 0 when it is not whole yet, -1 when it is refused.</summary>
    private int FinishUpgrade(Client client, ReadOnlySpan<byte> input)
    {
        var taken = Upgrade.Read(input, out var status);
        if (taken < 0)
        {
            if (!client.WasReady) _failure ??= $"The server did not open a WebSocket at {_run.Path}: {status}.";
            return -1;
        }

        if (taken == 0) return 0;
        client.State = ClientState.Connecting;
        var writer = new StompWriter(_scratch, StompVersion.V10);
        writer.Command(StompCommand.Connect);
        writer.Raw("accept-version:1.2\nhost:localhost\nheart-beat:0,0\nAuthorization:Bearer "u8);
        writer.Raw(Encoding.ASCII.GetBytes(client.Token));
        writer.Raw("\n"u8);
        writer.NoBody();
        Queue(client, WebSocketOpcode.Text, _scratch.AsSpan(0, writer.Position));
        return taken;
    }

    private void Subscribe(Client client)
    {
        client.Frames.Version = StompVersion.V12;
        client.State = ClientState.Subscribing;
        if (client.Pending is not null)
            Queue(client, WebSocketOpcode.Text, "SUBSCRIBE\nid:e\ndestination:/user/queue/errors\n\n\0"u8);
        var writer = new StompWriter(_scratch, StompVersion.V12);
        writer.Command(StompCommand.Subscribe);
        writer.Raw("id:0\nreceipt:s\ndestination:"u8);
        writer.Raw(client.Room.Topic);
        writer.Raw("\n"u8);
        if (client.Seq.Last >= 0) writer.Header("after"u8, client.Seq.Last);
        writer.NoBody();
        Queue(client, WebSocketOpcode.Text, _scratch.AsSpan(0, writer.Position));
    }

    private void BecomeReady(Client client)
    {
        if (client.WasReady) Counters.Resumes++;
        client.WasReady = true;
        client.Failures = 0;
        client.State = ClientState.Ready;
        Counters.Ready++;
        SetLatencyFrom(client);
        if (client.IsFlighty && _current is not null) ScheduleDrop(client);
        if (client.Pending is { } pending) client.NextToWrite = pending.First;
        WritePending(client);
        WatchSlow(client);
    }

    /// <summary>Ends the connection, if there is one, and plans the next dial. Without a reason it was asked for.</summary>
    private void Lose(Client client, string? reason)
    {
        if (client.Socket is { } socket)
        {
            _poller.Forget(socket);
            socket.Dispose();
            client.Socket = null;
            Counters.Connections--;
            if (reason is not null && client.State == ClientState.Ready) Counters.Disconnects++;
        }

        if (client.State == ClientState.Ready) Counters.Ready--;
        if (reason is not null) CountError(reason);
        client.Out.Clear();
        client.TailLength = 0;
        client.State = ClientState.Waiting;

        // 50 ms, doubled up to 3.2 s, and spread, so that a server that comes back is not hit by all at once.
        var backOff = reason is null ? 5 : 50 << Math.Min(client.Failures++, 6);
        _timers.Enqueue((client, LoopTimer.Dial), Ticks.Now + (long)(backOff * (0.5 + _random.NextDouble()) * Ticks.PerMillisecond));
    }

    private void ScheduleDrop(Client client)
    {
        var wait = -Math.Log(1 - _random.NextDouble()) * _scenario.ReconnectEvery; // exponential: moments at random
        _timers.Enqueue((client, LoopTimer.Drop), Ticks.Now + Ticks.FromSeconds(wait));
    }

    private void SetLatencyFrom(Client client)
        => client.LatencyFrom = client.IsSlow || _current is null ? long.MaxValue : Math.Max(Ticks.Now, _current.MeasureFrom);

    private void CountError(string slug) => Errors.AddOrUpdate(slug, 1, static (_, count) => count + 1);

    private void CloseAll()
    {
        foreach (var client in _clients)
        {
            if (client.Socket is not { } socket) continue;
            client.Out.Clear();
            client.Out.AppendMessage(WebSocketOpcode.Close, [0x03, 0xE8], (uint)_random.Next());
            client.Out.Flush(socket);
            socket.Dispose();
            client.Socket = null;
        }
    }
}
