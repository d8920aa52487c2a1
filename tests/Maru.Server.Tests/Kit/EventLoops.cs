using System.Runtime.CompilerServices;
using Maru.Server.Realtime;

namespace Maru.Server.Tests.Kit;

/// <summary>The tests' process handles sockets as the program does: what blocks an event loop in production hangs a test.</summary>
internal static class EventLoops
{
    [ModuleInitializer]
    internal static void Use() => RealtimeSlice.HandleOnEventLoops();
}
