using Dapper;
using Maru.Server.Features.Search;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Maru.Server.Tests.Features.Search;

/// <summary>An index whose file is no index, or no longer: it is made anew of the messages.</summary>
[Trait("Store", "sqlite")]
public sealed class DamagedIndexTests
{
    private const int Header = 100;     // bytes, of the file format of SQLite

    [Theory]
    [InlineData("garbage")]
    [InlineData("truncated")]
    [InlineData("empty")]
    [InlineData("of another schema")]
    public async Task The_server_starts_with_it_and_finds_all_again(string damage)
    {
        var (log, server, ann) = await StartAsync();
        await using var _ = server;
        await server.RestartAsync(() => DamageAsync(FileOf(server), damage));
        await server.IndexedAsync();
        (await (await server.SignInAsync(ann.Handle)).TextsAsync("beacon")).Length.ShouldBe(30);
        if (damage != "empty") log.Lines.ShouldContain(line => line.StartsWith("Warning") && line.Contains("-search.db is damaged"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Damage_under_a_server_that_works_ends_with_the_next_search_or_message(bool isRead)
    {
        var (log, server, ann) = await StartAsync();
        await using var _ = server;
        await using (var index = await IndexDump.OpenAsync(server.Store))
        {
            await Deadline.Until(
                async () => await index.ExecuteScalarAsync<long>("PRAGMA wal_checkpoint(TRUNCATE)") == 0, "the pages to be in the file");
        }

        await using (var file = File.OpenWrite(FileOf(server)))
        {
            file.Position = 4096;
            file.Write(Enumerable.Repeat((byte)0xEE, (int)file.Length - 4096).ToArray());
        }

        if (isRead) (await ann.TextsAsync("beacon")).Length.ShouldBeLessThanOrEqualTo(30);
        else await ann.SayAsync(await ann.MakeRoomAsync(), "beacon, the last");
        await Deadline.Until(() => log.Lines.Any(line => line.Contains("-search.db is damaged")), "the damage to be found");
        await server.IndexedAsync();
        (await ann.TextsAsync("beacon")).Length.ShouldBe(isRead ? 30 : 31);
    }

    private static async Task<(LogBook Log, MaruServer Server, Person Ann)> StartAsync()
    {
        var log = new LogBook();
        var server = await MaruServer.StartAsync(
            null,
            services => services.AddSingleton<ILoggerProvider>(log),
            Searching.On,
            "--Logging:LogLevel:Maru.Server.Features.Search=Information");
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        for (var i = 0; i < 30; i++) await ann.SayAsync(room, $"beacon {i} 등대");
        await server.IndexedAsync();
        return (log, server, ann);
    }

    private static string FileOf(MaruServer server) => Directory.EnumerateFiles(server.Folder, "*-search.db").Single();

    private static async Task DamageAsync(string path, string damage)
    {
        File.Exists($"{path}-wal").ShouldBeFalse("the server has ended well");
        var bytes = await File.ReadAllBytesAsync(path);
        bytes.Length.ShouldBeGreaterThan(3 * 4096);
        switch (damage)
        {
            case "garbage":
                new Random(1).NextBytes(bytes.AsSpan(0, Header));
                await File.WriteAllBytesAsync(path, bytes);
                break;
            case "truncated":
                await File.WriteAllBytesAsync(path, bytes[..(2 * 4096)]);
                break;
            case "empty":
                await File.WriteAllBytesAsync(path, []);
                break;
            default:
                File.Delete(path);
                await using (var index = new SqliteConnection($"Data Source={path};Pooling=False"))
                {
                    await index.ExecuteAsync(
                        $"""
                        CREATE TABLE messages (id INTEGER PRIMARY KEY, room INTEGER NOT NULL);
                        CREATE VIRTUAL TABLE tokens USING fts5(t);
                        PRAGMA user_version = {Tokenizer.Version};
                        """);
                }

                break;
        }
    }
}
