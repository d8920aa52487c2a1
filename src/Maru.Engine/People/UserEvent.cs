namespace Maru.Engine.People;

/// <summary>An event for one user or several, written once for all their connections on every node. Immutable.</summary>
/// <param name="json">the event, UTF-8; the caller changes it no more</param>
/// <param name="key">
/// names the state that the event tells: of the events that wait for a user, the newest of a key replaces the others. Null for an event
/// that stands alone: each of those is kept
/// </param>
public sealed class UserEvent(ReadOnlyMemory<byte> json, string? key = null)
{
    public ReadOnlyMemory<byte> Json { get; } = json;

    public string? Key { get; } = key;

    /// <summary>
    /// True when it must reach other nodes also while there is no quick bus, and nodes that fail to listen at the moment.
    /// </summary>
    public bool IsRare { get; init; }

    /// <summary>Bytes that it counts for while it waits.</summary>
    internal int Bytes => 64 + Json.Length + (2 * (Key?.Length ?? 0));
}
