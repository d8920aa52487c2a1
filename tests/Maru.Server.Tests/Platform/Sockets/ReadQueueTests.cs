using Maru.Server.Platform.Sockets;

namespace Maru.Server.Tests.Platform.Sockets;

public sealed class ReadQueueTests
{
    [Fact]
    public async Task Its_threads_leave_busy_cores_to_others()
    {
        var usual = NicenessIn(File.ReadAllText("/proc/self/stat"));
        await ReadQueue.NextAsync();
        NicenessIn(File.ReadAllText("/proc/thread-self/stat")).ShouldBe(Math.Min(19, usual + 10));
    }

    /// <summary>The nineteenth field; the second, the thread's name, is in brackets.</summary>
    private static int NicenessIn(string stat) => int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16], null);
}
