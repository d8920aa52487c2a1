using System.Diagnostics;
using System.Text.Json;

namespace Maru.Server.Tests.Clients;

/// <summary>
/// Node with the clients of <c>tests/clients</c>, which are installed when they are missing or older than their lock file.
/// Where there is no npm a test is skipped and says so; with <c>CI=true</c> it fails.
/// </summary>
internal static class NodeClients
{
    private static readonly Lazy<Task<string?>> Installed = new(InstallAsync);

    private static string Folder { get; } = Repository.PathOf("tests/clients");

    /// <summary>Runs the script; returns what it printed, step by step.</summary>
    public static async Task<IReadOnlyList<JsonElement>> PlayAsync(string script, object cast)
    {
        if (await Installed.Value is { } missing) SkipWithout(missing);
        var (_, output) = await RunAsync("node", script, JsonSerializer.Serialize(cast));
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>The browser's program, which a script starts.</summary>
    public static string FindChromium()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var found = folders.Select(folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists);
        if (found is null) SkipWithout("Chromium is needed to test a browser, and is not installed.");
        return found!;
    }

    private static void SkipWithout(string missing)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(missing);
        Assert.Skip(missing);
    }

    /// <summary>Null: they are there; otherwise what is missing.</summary>
    private static async Task<string?> InstallAsync()
    {
        var (wanted, there) = (Path.Combine(Folder, "package-lock.json"), Path.Combine(Folder, "node_modules", ".package-lock.json"));
        if (File.Exists(there) && File.GetLastWriteTimeUtc(there) >= File.GetLastWriteTimeUtc(wanted)) return null;
        try
        {
            var (code, output) = await RunAsync("npm", "ci", "--no-audit", "--no-fund");
            if (code != 0) return $"npm ci in tests/clients failed: {output}";
            File.SetLastWriteTimeUtc(there, File.GetLastWriteTimeUtc(wanted));
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Node.js 20 and npm are needed to test other people's clients, and are not installed.";
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, params string[] args)
    {
        var start =
            new ProcessStartInfo(program, args) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
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
}
