using System.Text.Json;
using Maru.Engine.Bus;
using Maru.Server.Cluster;

namespace Maru.Server.Features.Operations;

/// <summary>
/// What this node knows of itself and of the others on the store: the points of the last 30 minutes, and the last report. Each tells the
/// others its own, so any of them can answer for all; a frame that is lost is a gap in a chart. Any thread.
/// <code>
/// nodes point  = 1 node { json }      a NodePoint
/// nodes report = 2 node { json }      a NodeReport
/// </code>
/// </summary>
internal sealed class NodeBook
{
    /// <summary>Points of a node that are kept: 30 minutes.</summary>
    public const int MaxPoints = 30 * 60 * 1000 / PointExporter.Interval;

    /// <summary>Nodes that are known at a time, of some 100 kB each; those of which nothing was heard for longest make room.</summary>
    public const int MaxNodes = 64;

    private const byte Point = 1;
    private const byte Report = 2;

    private static readonly BusChannel Channel = new("nodes", Travel.Any);

    private readonly Dictionary<Guid, Page> _pages = [];    // its own lock
    private readonly ThisNode _node;
    private readonly IBus _bus;
    private readonly TimeProvider _time;

    public NodeBook(ThisNode node, IBus bus, TimeProvider time)
    {
        (_node, _bus, _time) = (node, bus, time);
        StartedAt = time.GetUtcNow();
        bus.Subscribe(Channel, Hear);
    }

    public DateTimeOffset StartedAt { get; }

    /// <summary>Keeps a point of this node, and tells the others.</summary>
    public void Add(NodePoint point)
    {
        Keep(_node.Id, point);
        Publish(Point, JsonSerializer.SerializeToUtf8Bytes(point, OperationsJson.Frames.NodePoint));
    }

    /// <summary>Keeps what this node reports, and tells the others; without the queries where the frame were too large.</summary>
    public void Tell(NodeReport report)
    {
        Keep(_node.Id, report);
        var json = JsonSerializer.SerializeToUtf8Bytes(report, OperationsJson.Frames.NodeReport);
        if (json.Length + 64 > _bus.MaxFrameBytes)
            json = JsonSerializer.SerializeToUtf8Bytes(report with { Queries = new([], []) }, OperationsJson.Frames.NodeReport);
        Publish(Report, json);
    }

    /// <summary>Returns the points of a node behind a number, the oldest first; none of a node that is not known.</summary>
    public IReadOnlyList<NodePoint> PointsOf(Guid node, long after)
    {
        lock (_pages) return _pages.TryGetValue(node, out var page) ? [.. page.Points.Where(point => point.Number > after)] : [];
    }

    public NodePoint? LastOf(Guid node)
    {
        lock (_pages) return _pages.TryGetValue(node, out var page) && page.Points.Count > 0 ? page.Last : null;
    }

    public NodeReport? ReportOf(Guid node)
    {
        lock (_pages) return _pages.GetValueOrDefault(node)?.Report;
    }

    private void Publish(byte kind, ReadOnlySpan<byte> json)
    {
        if (!_bus.Carries(Channel)) return;
        var frame = FrameWriter.Begin(kind);
        frame.Bytes(_node.Id.ToByteArray());
        frame.Bytes(json);
        _bus.Publish(Channel, frame.Written);
    }

    private void Hear(ReadOnlyMemory<byte> frame)
    {
        var reader = new FrameReader(frame.Span);
        var kind = reader.Byte();
        if (kind is not (Point or Report)) return;
        var node = new Guid(reader.Bytes());
        var json = reader.Bytes();
        if (kind == Point && JsonSerializer.Deserialize(json, OperationsJson.Frames.NodePoint) is { } point) Keep(node, point);
        if (kind == Report && JsonSerializer.Deserialize(json, OperationsJson.Frames.NodeReport) is { } report) Keep(node, report);
    }

    private void Keep(Guid node, NodePoint point)
    {
        lock (_pages)
        {
            var page = PageOf(node);
            page.Points.Enqueue(page.Last = point);
            if (page.Points.Count > MaxPoints) page.Points.Dequeue();
        }
    }

    private void Keep(Guid node, NodeReport report)
    {
        lock (_pages) PageOf(node).Report = report;
    }

    private Page PageOf(Guid node)
    {
        if (!_pages.TryGetValue(node, out var page))
        {
            if (_pages.Count == MaxNodes) _pages.Remove(_pages.Where(x => x.Key != _node.Id).MinBy(x => x.Value.HeardAt).Key);
            _pages.Add(node, page = new Page());
        }

        page.HeardAt = _time.GetTimestamp();
        return page;
    }

    private sealed class Page
    {
        public Queue<NodePoint> Points { get; } = [];

        public NodePoint? Last { get; set; }

        public NodeReport? Report { get; set; }

        public long HeardAt { get; set; }
    }
}
