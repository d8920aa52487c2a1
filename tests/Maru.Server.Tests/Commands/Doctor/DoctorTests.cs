using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Maru.Server.Tests.Commands.Doctor;

/// <summary>The doctor beside real servers and stores, on SQLite and PostgreSQL.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DoctorTests
{
    [Fact]
    public async Task A_server_that_runs_is_well_and_goes_on()
    {
        using var folder = new Folder();
        await using var server = await MaruProcess.StartAsync(folder);
        var seen = await Examination.OfAsync(folder, $"--urls={server.Address.GetLeftPart(UriPartial.Authority)}");

        seen.Code.ShouldBe(0, seen.Output);
        seen.Of("ports").Found.ShouldContain($"process {server.Id} listens there");
        seen.Of("schema").Found.ShouldContain("as this program has it");
        seen.Of("disk-speed").Found.ShouldContain("fsync of a small append");
        seen.Of("files").Found.ShouldContain("can be written");
        seen.Of("pictures").Level.ShouldBe("Ok");
        using var http = ApiCheck.Client(server.Address);
        await http.SendAsync("POST /api/auth/signup", new { handle = "ann", name = "Ann", password = Person.Password }).ShouldBe(201);
        Directory.EnumerateFiles(folder, ".maru-doctor*").ShouldBeEmpty();
    }

    [Fact]
    public async Task It_makes_and_changes_nothing()
    {
        using var folder = new Folder();
        var store = await MaruProcess.StoreAsync(folder);
        var empty = await Examination.OfAsync(folder);
        Contents(folder).ShouldBeEmpty(empty.Output);
        empty.Code.ShouldBe(0, empty.Output);

        await using (var server = await MaruProcess.StartAsync(folder)) await server.KillAsync();
        var killed = Contents(folder);
        (await Examination.RunAsync(store)).Code.ShouldBe(0);
        Contents(folder).ShouldBe(killed);

        await using (var server = await MaruProcess.StartAsync(folder)) await server.TerminateAsync();
        var ended = Contents(folder);
        (await Examination.RunAsync(store)).Code.ShouldBe(0);
        Contents(folder).ShouldBe(ended);
    }

    [Fact]
    public async Task A_mistyped_setting_is_named_with_the_one_that_was_meant_and_the_rest_is_looked_at()
    {
        using var folder = new Folder();
        var seen = await Examination.OfAsync(folder, "--Maru:Jwt:Algoritm=HS256", "--Maru:AccessTokenLifetime=00:10:00", "--Maru:Zzzzzz=1");
        seen.Code.ShouldBe(1);
        seen.ShouldFind("Problem", "settings", "Maru:Jwt:Algoritm").Advice.ShouldNotBeNull()
            .ShouldContain("Did you mean Maru:Jwt:Algorithm?");
        seen.ShouldFind("Problem", "settings", "Maru:AccessTokenLifetime").Advice.ShouldNotBeNull()
            .ShouldContain("Did you mean Maru:Jwt:AccessTokenLifetime?");
        seen.ShouldFind("Problem", "settings", "Maru:Zzzzzz").Advice.ShouldNotBeNull().ShouldNotContain("Did you mean");
        seen.Of("pictures").Level.ShouldBe("Ok");
    }

    [Fact]
    public async Task A_setting_out_of_range_is_a_problem()
    {
        var seen = await Examination.RunAsync("--Maru:Engine:CommitBatch=0");
        seen.ShouldFind("Problem", "settings", "CommitBatch");
    }

    [Theory]
    [InlineData("Problem", "sign-up is open", "--Maru:RateLimits:Enabled=false")]
    [InlineData("Warning", "without TLS", "--urls=http://*:0")]
    [InlineData("Warning", "Maru:Limits:Proxies has none", "--Maru:Http:BasePath=/chat")]
    [InlineData("Warning", "never encrypted", "--Maru:StompTcp=0.0.0.0:0")]
    [InlineData("Warning", "inner machines", "--Maru:LinkPreviews:AllowedNetworks=10.0.0.0/8")]
    [InlineData("Warning", "Maru:Passwords:Iterations", "--Maru:Passwords:Iterations=1000")]
    public async Task Settings_that_are_dangerous_together_are_told(string level, string what, string setting)
    {
        using var folder = new Folder();
        var seen = await Examination.OfAsync(folder, setting);
        seen.ShouldFind(level, "settings", what);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_with_the_process_that_has_it()
    {
        using var folder = new Folder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var seen = await Examination.OfAsync(folder, $"--urls=http://{taken.LocalEndpoint}");
        seen.ShouldFind("Problem", "ports", $"process {Environment.ProcessId}");
    }

    [Fact]
    public async Task Secrets_that_others_can_read_are_told_and_never_said()
    {
        const string secret = "open-sesame-4711";
        using var folder = new Folder();
        await using (var server = await MaruProcess.StartAsync(folder)) await server.TerminateAsync();
        var secrets = Directory.CreateDirectory(Path.Combine(folder, "secrets")).FullName;
        var file = Path.Combine(secrets, "Maru__Bus__Password");
        await File.WriteAllTextAsync(file, secret);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var key = Path.Combine(folder, "keys", "jwt-hs256.key");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        var seen = await Examination.OfAsync(folder, $"--Maru:Secrets={secrets}");
        seen.ShouldFind("Problem", "secrets", file).Advice.ShouldBe($"Run: chmod 600 {file}");
        seen.ShouldFind("Problem", "secrets", key);
        seen.Output.ShouldNotContain(secret);
        seen.Output.ShouldNotContain((await File.ReadAllTextAsync(key)).Trim());

        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await Examination.OfAsync(folder, $"--Maru:Secrets={secrets}")).Of("secrets").Level.ShouldBe("Ok");
    }

    [Fact]
    public async Task A_schema_of_another_version_is_told()
    {
        using var folder = new Folder();
        await using (var server = await MaruProcess.StartAsync(folder)) await server.TerminateAsync();
        var store = await TestStore.OfAsync(folder);
        await TestStore.ExecuteAsync(store, "DELETE FROM migrations WHERE number = (SELECT max(number) FROM migrations)");
        (await Examination.OfAsync(folder)).Of("schema").Level.ShouldBe("Warning");

        await TestStore.ExecuteAsync(store, "INSERT INTO migrations (number, name, needs, applied_at) VALUES (9999, 'future', 9999, 0)");
        var seen = await Examination.OfAsync(folder);
        seen.Of("schema").Level.ShouldBe("Problem");
        seen.Of("schema").Advice.ShouldBe("Start a newer program.");
    }

    [Fact]
    public async Task A_full_disk_is_told()
    {
        using var folder = new Folder();
        await using var disk = await Mount.DiskAsync(folder, "4m");
        var seen = await Examination.OfAsync(folder);
        seen.ShouldFind("Problem", "disk-space", folder);
        seen.ShouldFind("Problem", "disk-speed", "too little is free");
        seen.ShouldFind("Warning", "file-system", "in memory");
    }

    [Fact]
    public async Task People_read_a_line_a_check()
    {
        using var folder = new Folder();
        var (code, lines) = await MaruProcess.RunAsync(
            ["doctor", .. await MaruProcess.StoreAsync(folder), "--urls=http://127.0.0.1:0", "--Maru:Jwt:Algoritm=HS256"]);
        code.ShouldBe(1);
        lines.SkipLast(1).ShouldAllBe(x => x.StartsWith("ok ") || x.StartsWith("warning ") || x.StartsWith("problem "));
        lines[^1].ShouldStartWith("Problems: 1");
    }

    [Fact]
    public async Task An_option_that_is_none_ends_it_with_code_2() =>
        (await MaruProcess.RunAsync("doctor", "--thorough")).Code.ShouldBe(2);

    /// <summary>Returns all files, with a hash of what is in them.</summary>
    private static string[] Contents(string folder) =>
    [
        .. from path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
           let file = new FileInfo(path)
           where !path.EndsWith("-shm", StringComparison.Ordinal)    // where readers say that they read
           select $"{path} {file.UnixFileMode} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}",
    ];
}
