using System.Net.Sockets;
using System.Text;
using Maru.Engine.Codecs;
using Maru.Load.Inbound;
using Maru.Load.Measuring;
using Maru.Load.Sockets;

namespace Maru.Load.Clients;

// Dialing, the handshakes, dropping and coming back.
internal sealed partial class Loop
{
    // Without it each read that empties the buffer sends an ACK of its own, which costs more than the read:
    // 4.6 us of CPU a read with it, 1.6 us without.
    private const int IpProtoTcp = 6;
    private const int TcpQuickAck = 12;

    private void Fire(Client client, LoopTimer timer)
    {
        if (timer == LoopTimer.Dial)
        {
            client.State = ClientState.Dialing;
            _run.Dialer.Dial(client, _run.Nodes[client.Node].Address, _dialed);
        }
        else if (timer == LoopTimer.Deadline)
        {
            MeetDeadline(client);
        }
        else if (timer == LoopTimer.Repeat)
        {
            // All messages without a response, in order: the server acknowledges those that it has already with the same seq.
            client.WillRepeat = false;
            if (client.State != ClientState.Ready) return;
            client.NextToWrite = client.Pending!.First;
            MarkDirty(client);
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
            NotConnected(client, dialed.Error);
            return;
        }

        client.Socket = dialed.Socket;
        client.Interest = Poller.Writable;
        SetDeadline(client, Ticks.Now + LongestHandshake);
        _poller.Watch(dialed.Socket, client.Slot, client.Interest);
    }

    /// <summary>Ends a dial: if the socket is connected, asks for the WebSocket.</summary>
    private void FinishDial(Client client)
    {
        var error = (SocketError)(int)client.Socket!.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != SocketError.Success)
        {
            NotConnected(client, error);
            return;
        }

        Counters.Connections++;
        client.Socket.SetRawSocketOption(IpProtoTcp, TcpQuickAck, [0, 0, 0, 0]);
        client.Frames = new ServerFrames();
        client.State = ClientState.Upgrading;
        var node = _run.Nodes[client.Node];
        client.Out.Append(Upgrade.Request(node.HostHeader, node.Path));
        MarkDirty(client);
    }

    private void NotConnected(Client client, SocketError error)
    {
        if (!client.WasReady)
        {
            _failure ??= error == SocketError.TooManyOpenSockets
                ? $"This process may not open {_scenario.Clients:N0} sockets. "
                    + $"Raise the limit, the server's too: ulimit -n {_scenario.Clients + 200}"
                : $"Nothing answers at {_run.Nodes[client.Node].HostHeader}: {error}. Is the server running there? (--url)";
        }

        Lose(client, error.ToString());
    }

    /// <summary>Reads the HTTP response; returns the bytes it took, 0 when it is not whole yet, -1 when it is refused.</summary>
    private int FinishUpgrade(Client client, ReadOnlySpan<byte> input)
    {
        var taken = Upgrade.Read(input, out var status);
        if (taken < 0)
        {
            if (!client.WasReady) _failure ??= $"The server did not open a WebSocket at {_run.Nodes[client.Node].Url}: {status}.";
            return -1;
        }

        if (taken == 0) return 0;
        client.State = ClientState.Connecting;
        var writer = new StompWriter(_scratch, StompVersion.V10);
        writer.Command(StompCommand.Connect);
        writer.Raw("accept-version:1.2\nhost:localhost\nheart-beat:0,"u8);
        writer.Number((long)(_scenario.HeartBeat * 1000));
        writer.Raw("\nAuthorization:Bearer "u8);
        writer.Raw(Encoding.ASCII.GetBytes(client.Token));
        writer.Raw("\n"u8);
        writer.NoBody();
        Queue(client, WebSocketOpcode.Text, _scratch.AsSpan(0, writer.Position));
        return taken;
    }

    private void OnConnected(Client client, StompFrame frame)
    {
        // "heart-beat:<sx>,<sy>": the server sends every max(sx, what was asked for) ms
        if (_scenario.HeartBeat > 0
            && frame.TryGetHeader("heart-beat"u8, out var beat)
            && TryParse(beat[..Math.Max(0, beat.IndexOf((byte)','))], out var every)
            && every > 0)
            client.SilenceLimit = 2 * Math.Max(every * Ticks.PerMillisecond, Ticks.FromSeconds(_scenario.HeartBeat));
        Subscribe(client);
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
        if (client.WasReady)
        {
            Counters.Resumes++;
            Resumes.Record(Ticks.Now - client.LostAt);
            client.CatchUpTo = _run.Head(client.Room.Index);
        }

        client.WasReady = true;
        client.Failures = 0;
        client.State = ClientState.Ready;
        client.Deadline = long.MaxValue;
        Heard(client, Ticks.Now);
        Counters.Ready++;
        SetLatencyFrom(client);
        if (client.IsFlighty && _current is not null) ScheduleDrop(client);
        if (client.Pending is { } pending) client.NextToWrite = pending.First;
        WritePending(client);
        WatchSlow(client);
    }

    /// <summary>
    /// Ends the connection, if there is one, and plans the next dial, to the next node. A null reason means that the scenario asked for it.
    /// </summary>
    private void Lose(Client client, string? reason)
    {
        if (client.Socket is { } socket)
        {
            _poller.Forget(socket);
            socket.Dispose();
            client.Socket = null;
            if (client.State != ClientState.Dialing) Counters.Connections--;
            if (reason is not null && client.State == ClientState.Ready) Counters.Disconnects++;
        }

        if (client.State == ClientState.Ready)
        {
            Counters.Ready--;
            if (client.CatchUpTo < 0) client.LostAt = Ticks.Now; // else the absence goes on
        }

        if (reason is not null) CountError(reason);
        client.Out.Clear();
        client.TailLength = 0;
        client.State = ClientState.Waiting;
        client.Deadline = long.MaxValue;
        client.SilenceLimit = 0;
        client.Node = (client.Node + 1) % _run.Nodes.Count;

        // 50 ms, doubled up to 3.2 s, and spread, so that a server that comes back is not hit by all at once;
        // never before the server wants it.
        var backOff = reason is null ? 5 : 50 << Math.Min(client.Failures++, 6);
        var wait = Math.Max(client.RetryAfter, backOff * (0.5 + _random.NextDouble()));
        client.RetryAfter = 0;
        _timers.Enqueue((client, LoopTimer.Dial), Ticks.Now + (long)(wait * Ticks.PerMillisecond));
    }

    private void CatchUp(Client client, long now)
    {
        if (client.CatchUpTo < 0 || client.Seq.Last < client.CatchUpTo) return;
        client.CatchUpTo = -1;
        if (!client.IsSlow) CatchUps.Record(now - client.LostAt);
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
