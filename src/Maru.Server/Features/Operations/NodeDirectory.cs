using Maru.Server.Cluster;
using Maru.Server.Platform;
using Maru.Server.Platform.Telemetry;
using Maru.Server.Storage;

namespace Maru.Server.Features.Operations;

/// <summary>The nodes that run on the store, with what is known of each. Any thread.</summary>
internal sealed class NodeDirectory(
    Database database, StorageOptions storage, ThisNode node, NodeBook book, NodeReports reports, MetricsOptions metrics)
{
    private const int MaxNodes = 200;

    public async Task<NodeList> ListAsync(CancellationToken ct)
    {
        var rows = await ReadAsync(ct);
        return new NodeList([.. rows.Select(StatusOf)], metrics.Enabled);
    }

    /// <summary>Returns the node with that id; null: there is none.</summary>
    public async Task<Guid?> FindAsync(Guid id, CancellationToken ct)
    {
        if (id == node.Id) return id;
        return (await ReadAsync(ct)).Any(row => row.Id == id.ToString()) ? id : null;
    }

    /// <summary>Returns what the node last told of itself; of this one, what is so now.</summary>
    public NodeReport? ReportOf(Guid id) => id == node.Id ? reports.Make() : book.ReportOf(id);

    /// <summary>The list of nodes is in a store that several can use; beside this one none is on another.</summary>
    private async Task<IReadOnlyList<Row>> ReadAsync(CancellationToken ct)
    {
        IReadOnlyList<Row> rows = storage.IsShared
            ? await database.ListAsync<Row>(
                $"""
                SELECT id, name, version, started_at FROM nodes WHERE lease_until >= {database.Clock}
                ORDER BY started_at, id LIMIT {MaxNodes}
                """, null, ct)
            : [];
        if (rows.Any(row => row.Id == node.Id.ToString())) return rows;
        return [.. rows, new Row(node.Id.ToString(), node.Name, Product.Version, book.StartedAt.ToUnixTimeMilliseconds())];
    }

    private NodeStatus StatusOf(Row row)
    {
        var id = Guid.Parse(row.Id);
        var report = ReportOf(id);
        return new NodeStatus(
            row.Id, row.Name, row.Version, DateTimeOffset.FromUnixTimeMilliseconds(row.StartedAt), id == node.Id,
            report?.Draining is true, report?.LogLevel, book.LastOf(id));
    }

    private sealed record Row(string Id, string Name, string Version, long StartedAt);
}
