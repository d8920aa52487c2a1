using System.Diagnostics;

namespace Maru.Server.Tests.Platform.Telemetry;

/// <summary>The programs that come with Prometheus.</summary>
internal static class PrometheusTools
{
    /// <summary>Runs one to its end; returns its exit code and what it said.</summary>
    /// <param name="program">promtool or amtool</param>
    /// <param name="input">to its standard input</param>
    public static async Task<(int Code, string[] Lines)> RunAsync(string program, string input, params string[] args)
    {
        var start = new ProcessStartInfo(Programs.PathOf(program, "prometheus"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var arg in args) start.ArgumentList.Add(arg);
        using var process = Process.Start(start) ?? throw new InvalidOperationException(program);
        var (said, failed) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().Within($"{program} to end");
        return (process.ExitCode, $"{await said}\n{await failed}".Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
