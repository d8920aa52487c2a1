using System.Globalization;

namespace Maru.Server.Cluster;

/// <summary>The process among the others on the same store.</summary>
internal sealed class ThisNode
{
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>For people.</summary>
    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}");
}
