namespace Maru.Engine.Connections;

/// <summary>The heart-beats that two peers agreed on.</summary>
/// <param name="SendEvery">ms between the heart-beats that the server owes; 0: none</param>
/// <param name="ExpectEvery">ms between those that it expects; 0: none</param>
internal readonly record struct KeepAlive(long SendEvery, long ExpectEvery);
