using System.Diagnostics;

namespace Maru.Server.Tests.Configuration;

public sealed class AddressSpaceTests
{
    [Fact]
    public async Task Too_small_an_address_space_ends_the_start_with_one_line()
    {
        if (!OperatingSystem.IsLinux()) return;
        var ct = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["-c", "ulimit -v 4000000; exec \"$0\"", Path.Combine(AppContext.BaseDirectory, "maru")])
            start.ArgumentList.Add(argument);
        using var program = Process.Start(start)!;
        var (said, printed) = (program.StandardError.ReadToEndAsync(ct), program.StandardOutput.ReadToEndAsync(ct));
        await program.WaitForExitAsync(ct).Within("the program to end");
        program.ExitCode.ShouldBe(2, await said);
        (await said).Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem()
            .ShouldStartWith("maru: The address space may have 4000000 KiB (ulimit -v)");
        (await printed).ShouldBeEmpty();
    }
}
