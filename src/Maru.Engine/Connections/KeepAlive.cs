namespace Maru.Engine.Connections;

/// <summary>What two peers agreed on about silence.</summary>
/// <param name="SendEvery">ms between signs of life that the server owes; 0: none</param>
/// <param name="ExpectEvery">ms between those that it wants; 0: none</param>
internal readonly record struct KeepAlive(long SendEvery, long ExpectEvery);
