namespace Maru.Engine.People;

/// <summary>Something that one person or several must learn, written once for all their connections on every node. Immutable.</summary>
/// <param name="json">the event, UTF-8; the caller changes it no more</param>
/// <param name="key">
/// of a state: of those that wait for a user the newest of a key is enough, and replaces the others. Null for news, of which each one
/// counts
/// </param>
public sealed class UserEvent(ReadOnlyMemory<byte> json, string? key = null)
{
    public ReadOnlyMemory<byte> Json { get; } = json;

    public string? Key { get; } = key;

    /// <summary>It must get to other nodes also while there is no quick way, and to those that fail to listen at the moment.</summary>
    public bool IsRare { get; init; }

    /// <summary>What it counts for while it waits.</summary>
    internal int Bytes => 64 + Json.Length + (2 * (Key?.Length ?? 0));
}
