namespace Maru.Engine.Connections;

/// <summary>A subscription as its client knows it. Equal ones of a room get the same bytes.</summary>
/// <param name="Wire">encodes its events</param>
/// <param name="Id">the client's own name for it, decoded; empty where the protocol has none</param>
internal readonly record struct WireSubscription(Wire Wire, string Id);
