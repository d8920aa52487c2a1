using System.Diagnostics;

namespace Maru.Server.Tests.Kit;

/// <summary>A disk of a few megabytes in memory, mounted on a folder. Only root may; others skip the test.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    public static async Task<SmallDisk> MountAsync(string folder, string size)
    {
        var problem = await TryAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder);
        if (problem is not null) Assert.Skip($"A small disk cannot be mounted here (only root may): {problem}");
        return new SmallDisk(folder);
    }

    public async Task ResizeAsync(string size) => (await TryAsync("mount", "-o", $"remount,size={size}", _folder)).ShouldBeNull();

    public async ValueTask DisposeAsync() => await TryAsync("umount", "-l", _folder);

    private static async Task<string?> TryAsync(string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException(program);
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : error.Trim();
    }
}
