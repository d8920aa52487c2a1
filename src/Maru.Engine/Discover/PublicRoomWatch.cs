using Maru.Engine.Connections;

namespace Maru.Engine.Discover;

/// <summary>A connection that looks at the list of public rooms.</summary>
internal sealed class PublicRoomWatch(Connection connection, WireSubscription subscription)
{
    /// <summary>Memory that it takes, for which the connection answers.</summary>
    public const int Bytes = 256;

    public Connection Connection => connection;

    /// <summary>The subscription as the client knows it.</summary>
    public WireSubscription Subscription => subscription;

    /// <summary>
    /// True while the client does not know of a change, and must read the list anew. Any thread sets it, the round clears it.
    /// </summary>
    public bool HasMissed { get; set; }
}
