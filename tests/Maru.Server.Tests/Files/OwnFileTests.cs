using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Maru.Server.Tests.Files;

/// <summary>The server's files are its user's alone.</summary>
[UnsupportedOSPlatform("windows")]
[Trait("Store", "sqlite")]
public sealed class OwnFileTests : IDisposable
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;
    private const UnixFileMode OthersRead = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly Folder _folder = new();
    private readonly LogBook _log = new();

    private string Data => $"{_folder.Path}/data";

    private IEnumerable<string> Warnings => _log.Lines.Where(line => line.StartsWith("Warning Maru.", StringComparison.Ordinal));

    private string Store => $"{Data}/maru.db";

    [Fact]
    public async Task What_a_start_makes_is_its_users_alone()
    {
        await using (await StartAsync())
        {
            Mode(Data).ShouldBe(OwnerFolder);
            Mode($"{Data}/keys").ShouldBe(OwnerFolder);
            var files = Directory.GetFiles(Data, "*", SearchOption.AllDirectories);
            files.ShouldContain($"{Store}-wal");
            files.ShouldAllBe(file => Mode(file) == OwnerFile);
        }

        Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_there_and_open_to_others_is_closed_and_the_log_says_so()
    {
        await (await StartAsync()).DisposeAsync();
        string[] open = [Store, $"{Data}/keys", Directory.CreateDirectory($"{Data}/keys/verify").FullName];
        foreach (var path in open) File.SetUnixFileMode(path, Mode(path) | OthersRead);
        await using (await StartAsync())
        {
            foreach (var path in open) (Mode(path) & OthersRead).ShouldBe(UnixFileMode.None, path);
            foreach (var path in open)
                Warnings.ShouldContain(line => line.Contains($": Others had rights to {path} ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_folder_in_which_others_may_write_is_told_and_left()
    {
        await (await StartAsync()).DisposeAsync();
        File.SetUnixFileMode(Data, OwnerFolder | UnixFileMode.GroupWrite);
        await using (await StartAsync())
        {
            Warnings.ShouldContain(line => line.Contains($": Others can write to {Data} (mode 0720)", StringComparison.Ordinal));
        }

        Mode(Data).ShouldBe(OwnerFolder | UnixFileMode.GroupWrite);
    }

    public void Dispose() => _folder.Dispose();

    private static UnixFileMode Mode(string path) => File.GetUnixFileMode(path);

    private Task<MaruServer> StartAsync() => MaruServer.StartAsync(
        null,
        services => services.AddSingleton<ILoggerProvider>(_log),
        $"--Maru:Data={Data}", $"--Maru:Database=Data Source={Store}", "--Logging:LogLevel:Default=Warning");
}
