using System.Diagnostics;

namespace Maru.Server.Tests.Kit;

/// <summary>A mount on a file or a folder until the test ends. Only root may mount; for others the test is skipped.</summary>
internal sealed class Mount : IAsyncDisposable
{
    private readonly string _place;

    private Mount(string place) => _place = place;

    /// <summary>A disk in memory.</summary>
    /// <param name="size">as mount says it: 24m</param>
    public static Task<Mount> DiskAsync(string folder, string size) => MakeAsync(folder, "-t", "tmpfs", "-o", $"size={size}", "tmpfs");

    /// <summary>A file or folder at a second place.</summary>
    public static Task<Mount> BindAsync(string from, string place) => MakeAsync(place, "--bind", from);

    public async Task ResizeAsync(string size) => (await TryAsync("mount", "-o", $"remount,size={size}", _place)).ShouldBeNull();

    public async ValueTask DisposeAsync() => await TryAsync("umount", "-l", _place);

    private static async Task<Mount> MakeAsync(string place, params string[] args)
    {
        var problem = await TryAsync("mount", [.. args, place]);
        if (problem is not null) Assert.Skip($"Nothing can be mounted here (only root may): {problem}");
        return new Mount(place);
    }

    private static async Task<string?> TryAsync(string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException(program);
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : error.Trim();
    }
}
