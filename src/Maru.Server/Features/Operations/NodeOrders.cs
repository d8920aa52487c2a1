using Maru.Engine;
using Maru.Engine.Bus;
using Maru.Server.Cluster;

namespace Maru.Server.Features.Operations;

/// <summary>
/// What an admin tells a node to do, wherever the request arrives. A drain is as at the program's end, without the end: new connections are
/// refused, the node is not ready, and after <see cref="EngineOptions.DrainDelay"/> clients are told to come back, which brings them to
/// another node. It cannot be undone: the node is started anew. Any thread.
/// <code>
/// orders drain = 1 node
/// orders level = 2 node category level until      until: unix milliseconds
/// </code>
/// </summary>
internal sealed partial class NodeOrders : BackgroundService
{
    private const byte Drain = 1;
    private const byte Level = 2;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly BusChannel Channel = new("orders", Travel.Sure);

    private readonly TaskCompletionSource _drain = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ThisNode _node;
    private readonly ChatEngine _engine;
    private readonly LogLevels _levels;
    private readonly NodeReports _reports;
    private readonly IBus _bus;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    public NodeOrders(
        ThisNode node, ChatEngine engine, LogLevels levels, NodeReports reports, IBus bus, TimeProvider time, ILogger<NodeOrders> log)
    {
        (_node, _engine, _levels, _reports, _bus, _time, _log) = (node, engine, levels, reports, bus, time, log);
        bus.Subscribe(Channel, Hear);
    }

    /// <summary>Drains a node; a repeat changes nothing.</summary>
    public void DrainNode(Guid node)
    {
        if (node == _node.Id) DrainThis();
        else _bus.Publish(Channel, To(node, Drain).Written);
    }

    public void SetLevel(Guid node, LogLevelSetting setting)
    {
        if (node == _node.Id)
        {
            SetLevelHere(setting);
            return;
        }

        var frame = To(node, Level);
        frame.Text(setting.Category);
        frame.Text(setting.Level);
        frame.Number(setting.Until.ToUnixTimeMilliseconds());
        _bus.Publish(Channel, frame.Written);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _drain.Task.WaitAsync(stoppingToken);
            await Task.Delay(_engine.Options.DrainDelay, _time, stoppingToken);
            while (!await TryDrainAsync(stoppingToken)) await Task.Delay(Pause, _time, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server goes down
        }
    }

    /// <summary>Tells the clients to come back; false: it failed, and some were not told.</summary>
    private async Task<bool> TryDrainAsync(CancellationToken ct)
    {
        try
        {
            await _engine.DrainAsync(ct);
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Log.DrainFailed(_log, e);
            return false;
        }
    }

    private static FrameWriter To(Guid node, byte order)
    {
        var frame = FrameWriter.Begin(order);
        frame.Bytes(node.ToByteArray());
        return frame;
    }

    private void Hear(ReadOnlyMemory<byte> frame)
    {
        var reader = new FrameReader(frame.Span);
        var order = reader.Byte();
        if (order is not (Drain or Level) || new Guid(reader.Bytes()) != _node.Id) return;
        if (order == Drain) DrainThis();
        else SetLevelHere(new LogLevelSetting(reader.Text(), reader.Text(), DateTimeOffset.FromUnixTimeMilliseconds(reader.Number())));
    }

    private void DrainThis()
    {
        _engine.BeginDrain();
        if (!_drain.TrySetResult()) return;
        Log.Draining(_log, _engine.Connections.Count);
        _reports.Tell();
    }

    private void SetLevelHere(LogLevelSetting setting)
    {
        _levels.Set(setting);
        Log.LevelSet(_log, setting.Category, setting.Level, setting.Until);
        _reports.Tell();
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "An admin drains this node: {Connections} connections are told to come back, and it takes none until its restart")]
        public static partial void Draining(ILogger log, int connections);

        [LoggerMessage(LogLevel.Error, "The drain failed. It goes on with the other connections in a second")]
        public static partial void DrainFailed(ILogger log, Exception e);

        [LoggerMessage(LogLevel.Information, "An admin sets the log of {Category} to {Level} until {Until}")]
        public static partial void LevelSet(ILogger log, string category, string level, DateTimeOffset until);
    }
}
