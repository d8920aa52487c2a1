namespace Maru.Engine.Connections;

/// <summary>A subscription as its client knows it. Those of a room that are equal get the same bytes.</summary>
/// <param name="Wire">on which its events go</param>
/// <param name="Id">the client's own name for it, decoded; empty where the protocol has none</param>
internal readonly record struct WireSubscription(Wire Wire, string Id);
