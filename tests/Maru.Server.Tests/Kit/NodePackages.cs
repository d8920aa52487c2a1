using System.Collections.Concurrent;
using System.Diagnostics;

namespace Maru.Server.Tests.Kit;

/// <summary>
/// What runs under Node in a folder of tests, whose packages are installed when they are missing or older than their lock file.
/// Where there is no npm a test is skipped and says so; with <c>CI=true</c> it fails.
/// </summary>
internal static class NodePackages
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<string?>>> Installed = new();

    /// <summary>Returns the path of a folder below <c>tests</c> that has its packages.</summary>
    public static async Task<string> InstallAsync(string folder)
    {
        var path = Repository.PathOf($"tests/{folder}");
        if (await Installed.GetOrAdd(folder, _ => new(() => TryInstallAsync(path))).Value is { } missing) SkipWithout(missing);
        return path;
    }

    public static void SkipWithout(string missing)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(missing);
        Assert.Skip(missing);
    }

    public static async Task<(int Code, string Output)> RunAsync(string folder, string program, params string[] args)
    {
        var start =
            new ProcessStartInfo(program, args) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("no process");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().Within($"{program} to end", TimeSpan.FromMinutes(3));
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }

        return (process.ExitCode, process.ExitCode == 0 || program == "node" ? await output : await output + await errors);
    }

    /// <summary>Null: they are there; otherwise what is missing.</summary>
    private static async Task<string?> TryInstallAsync(string folder)
    {
        var (wanted, there) = (Path.Combine(folder, "package-lock.json"), Path.Combine(folder, "node_modules", ".package-lock.json"));
        if (File.Exists(there) && File.GetLastWriteTimeUtc(there) >= File.GetLastWriteTimeUtc(wanted)) return null;
        try
        {
            var (code, output) = await RunAsync(folder, "npm", "ci", "--no-audit", "--no-fund");
            if (code != 0) return $"npm ci in {folder} failed: {output}";
            File.SetLastWriteTimeUtc(there, File.GetLastWriteTimeUtc(wanted));
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Node.js 20 and npm are needed to run what is not ours, and are not installed.";
        }
    }
}
