using System.Globalization;

namespace Maru.Server.Cluster;

/// <summary>This process, as a node among the others on the same store.</summary>
internal sealed class ThisNode
{
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>The name for the log and for operators.</summary>
    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}");
}
