using System.Runtime.Versioning;
using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Backup;

/// <summary>
/// A restore into PostgreSQL that breaks off between <c>pg_restore</c> and its end: the store has its sessions alive, so no server may
/// start.
/// </summary>
[Trait("Store", "postgres")]
[UnsupportedOSPlatform("windows")]
public sealed class HalfRestoreTests
{
    [Theory]
    [InlineData("kill -9 $PPID", 137)]      // of the program that restores
    [InlineData("kill -TERM $PPID", 2)]     // it clears away what it has made
    [InlineData("exit 1", 2)]               // it takes pg_restore to have failed, though all is there
    public async Task No_server_starts_on_it_and_its_sessions_are_dead_in_the_next(string then, int ends)
    {
        await using var server = await MaruServer.StartAsync();
        using var folder = new Folder();
        var (backup, target, again) = (Path.Combine(folder, "backup"), Path.Combine(folder, "half"), Path.Combine(folder, "again"));
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await ann.SendAsync(room, "kept");
        await server.BackUpAsync(backup);
        Directory.CreateDirectory(target);
        await using (var restoring = MaruProcess.LaunchScript(
            WriteProgram(folder, then), ["restore", backup, .. await MaruProcess.StoreAsync(target)]))
            (await restoring.ExitAsync()).ShouldBe(ends, string.Join('\n', restoring.Lines));

        var (code, lines) = await MaruProcess.RunAsync(["--urls=http://127.0.0.1:0", .. await MaruProcess.StoreAsync(target)]);
        (code, lines.Count).ShouldBe((2, 1), string.Join('\n', lines));
        lines[0].ShouldContain("holds a restore that is going on, or was cut off");
        lines[0].ShouldContain("restore again");
        var (second, said) = await Backups.TryRestoreAsync(backup, target);
        (second, said[0].Contains("is not empty", StringComparison.Ordinal) || said[0].Contains("already", StringComparison.Ordinal))
            .ShouldBe((2, true), string.Join('\n', said));

        await using var restored = await Backups.RestoreAsync(backup, again);
        using var http = restored.Client(ann.AccessToken);
        await http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
        (await (await restored.SignInAsync(ann.Handle)).HistoryAsync(room)).ShouldContain(x => x.Text == "kept");
    }

    /// <summary>Writes a <c>maru</c> whose <c>pg_restore</c> does all that it is to do, and then that.</summary>
    private static string WriteProgram(string folder, string then)
    {
        var programs = Directory.CreateDirectory(Path.Combine(folder, "programs")).FullName;
        Write(Path.Combine(programs, "pg_restore"), $"PATH=${{PATH#*:}} pg_restore \"$@\" || exit $?\n{then}\n");
        return Write(
            Path.Combine(folder, "maru"), $"PATH={programs}:$PATH exec {Path.Combine(AppContext.BaseDirectory, "maru")} \"$@\"\n");
    }

    private static string Write(string path, string script)
    {
        File.WriteAllText(path, $"#!/bin/sh\n{script}");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
