using System.Diagnostics;
using System.Runtime.Versioning;
using Maru.Server.Configuration;

namespace Maru.Server.Tests.Deploy;

/// <summary>Secrets: made by deploy/secrets.sh, given as files.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SecretsTests : IDisposable
{
    private readonly Folder _folder = new();

    [Fact]
    public async Task Secrets_are_made_once_at_random_where_only_their_owner_comes()
    {
        var script = $"{_folder.Path}/secrets.sh";
        File.Copy(Repository.PathOf("deploy/secrets.sh"), script);
        await RunAsync(script);
        var folder = $"{_folder.Path}/secrets";
        File.GetUnixFileMode(folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var secrets = Directory.GetFiles(folder).ToDictionary(path => Path.GetFileName(path)!, File.ReadAllText);
        secrets.Keys.ShouldBe(
            ["maru_database", "maru_password", "postgres_password", "redis_password", "redis_users"], ignoreOrder: true);
        secrets.Values.ShouldBeUnique();
        foreach (var name in secrets.Keys.Where(name => name.EndsWith("_password"))) secrets[name].ShouldMatch("^[0-9a-f]{64}$");
        secrets["maru_database"].ShouldEndWith($";Password={secrets["maru_password"]}");
        secrets["redis_users"].ShouldStartWith($"user default on >{secrets["redis_password"]} resetkeys resetchannels &maru:* -@all ");
        await RunAsync(script);
        foreach (var (name, secret) in secrets) File.ReadAllText($"{folder}/{name}").ShouldBe(secret, name);
    }

    [Fact]
    public async Task A_file_for_each_setting_counts_more_than_the_command_line()
    {
        await File.WriteAllTextAsync($"{_folder.Path}/Maru__Jwt__Issuer", "from-a-file\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync($"{_folder.Path}/other", "no setting", TestContext.Current.CancellationToken);
        await using var server = await MaruServer.StartAsync($"--Maru:Secrets={_folder.Path}", "--Maru:Jwt:Issuer=from-the-line");
        server.Service<Maru.Server.Platform.Tokens.JwtOptions>().Issuer.ShouldBe("from-a-file");
    }

    [Theory]
    [InlineData("Maru__Jwt__Issuer", "pipe", "not a file")]
    [InlineData("Maru__Nonsense", "1", "no setting Maru:Nonsense")]
    [InlineData("Maru__Jwt__Algorithm", "none", "Algorithm must be")]
    public async Task What_is_no_setting_ends_the_start(string name, string content, string why)
    {
        if (content == "pipe") Pipes.Make($"{_folder.Path}/{name}");
        else await File.WriteAllTextAsync($"{_folder.Path}/{name}", content, TestContext.Current.CancellationToken);
        var start = MaruServer.StartAsync($"--Maru:Secrets={_folder.Path}").Within("the start to end");
        (await Should.ThrowAsync<StartException>(start)).Message.ShouldContain(why);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_ends_the_start() =>
        (await Should.ThrowAsync<StartException>(MaruServer.StartAsync($"--Maru:Secrets={_folder.Path}/nowhere"))).Message.ShouldContain(
            "Maru:Secrets is");

    [Fact]
    public async Task An_image_without_any_other_program_asks_for_readiness()
    {
        await using var server = await MaruServer.StartAsync();
        (await MaruProcess.RunAsync("health", $"--url={server.Address}")).Code.ShouldBe(0);
        (await MaruProcess.RunAsync("health", $"--url=http://127.0.0.1:{Ports.Free()}")).Code.ShouldBe(1);
        (await MaruProcess.RunAsync("health", "--url=nonsense")).Code.ShouldBe(2);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task RunAsync(string script)
    {
        using var program = Process.Start("/bin/bash", script);
        await program.WaitForExitAsync().Within("the script to end");
        program.ExitCode.ShouldBe(0);
    }
}
