using Maru.Server.Configuration;
using Maru.Server.Platform.Sockets;

namespace Maru.Server.Tests.Hostile;

/// <summary>Somebody opens more connections than the process has handles.</summary>
public sealed class HandleTests : IDisposable
{
    private const int Limit = 500;

    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_server_with_few_handles_serves_its_members_however_many_connect()
    {
        var (tokens, rooms) = await MaruProcess.SeedAsync(_folder, users: 2, rooms: 1);
        await using var server = await MaruProcess.StartPublishedAsync(Script(Limit), _folder);
        await using var member = await StompSocket.ConnectAsync(server.Address, tokens[0]);
        await using var crowd = new Crowd(2 * Limit, () => Flood.Connect(server.Address.Port));
        await using var upgraded = new Crowd(2 * Limit, () => Flood.Upgraded(Flood.Connect(server.Address.Port), server.Address));
        await crowd.GoesOnAsync(2 * Limit);
        await upgraded.GoesOnAsync(2 * Limit);
        for (var i = 0; i < 20; i++)
        {
            await member.SayAndWaitAsync(rooms[0], $"{i}");
            await using var newcomer = await ComeInAsync(server, tokens[1]);
            Directory.GetFiles($"/proc/{server.Id}/fd").Length.ShouldBeLessThan(Limit);
        }

        await crowd.GoesOnAsync(Limit);
        server.Lines.Where(line => line.Contains("connections are taken", StringComparison.Ordinal)).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(150)]
    [InlineData(320)]
    public async Task A_server_with_too_few_handles_says_so_in_one_line(int limit)
    {
        await using var server = MaruProcess.LaunchScript(Script(limit), await MaruProcess.StoreAsync(_folder));
        (await server.ExitAsync()).ShouldBe(2);
        server.Lines.Where(line => !line.StartsWith('{')).ShouldHaveSingleItem().ShouldContain("Raise the limit");
    }

    [Fact]
    public void Connections_are_bounded_by_the_handles_that_are_left()
    {
        var handles = new Handles(limit: 1000, open: 200);
        handles.ForConnections(wanted: 0, store: 50).ShouldBe(1000 - 200 - 50 - Handles.Reserve);
        handles.ForConnections(wanted: 300, store: 50).ShouldBe(300);
        Should.Throw<StartException>(() => handles.ForConnections(wanted: 800, store: 50)).Message.ShouldContain("Maru:Limits:Connections");
        Should.Throw<StartException>(() => new Handles(limit: 400, open: 200).ForConnections(wanted: 0, store: 50))
            .Message.ShouldContain("need 414");
        Handles.Read().ForConnections(wanted: 0, store: 0).ShouldBeGreaterThan(0);
    }

    /// <summary>As a client does it: before they sign in they are one of the crowd, and may have to come again.</summary>
    private static async Task<StompSocket> ComeInAsync(MaruProcess server, string token)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await StompSocket.ConnectAsync(server.Address, token);
            }
            catch (InvalidOperationException e) when (tries < 5 && e.Message.Contains("too-many-connections", StringComparison.Ordinal))
            {
                // again
            }
        }
    }

    /// <summary>Returns a program that runs the server with that many handles.</summary>
    private string Script(int limit)
    {
        var path = Path.Combine(_folder, $"maru-{limit}");
        File.WriteAllText(path, $"#!/bin/sh\nulimit -n {limit}\nexec '{Path.Combine(AppContext.BaseDirectory, "maru")}' \"$@\"\n");
        const UnixFileMode Runnable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, Runnable);
        return path;
    }
}
