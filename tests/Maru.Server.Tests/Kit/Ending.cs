namespace Maru.Server.Tests.Kit;

/// <summary>
/// How a connection ended: the WebSocket's close code (0: none came), its reason, and whether TCP ended in order (not by a reset).
/// </summary>
internal sealed record Ending(int Code, string Reason, bool InOrder);
