using System.Diagnostics;
using Maru.Server.Features.Accounts;

namespace Maru.Server.Tests.Platform.Text;

/// <summary>A published program has runtime settings of its own, and no ICU.</summary>
[Trait("Category", "Slow")]
[Trait("Store", "sqlite")]
public sealed class PublishedTextTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maru-published").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_published_program_normalizes()
    {
        await using var server = await MaruProcess.StartPublishedAsync(await PublishAsync(), _folder);
        using var http = ApiCheck.Client(server.Address);
        const string decomposed = "\u1112\u1161\u11AB\u1100\u1173\u11AF";
        var body = new { handle = "ann", name = $"\uFF21{decomposed}", password = $"{decomposed} password" };
        (await http.SendAsync("POST /api/auth/signup", body).Read<SignedIn>(201)).User.Name.ShouldBe("A\uD55C\uAE00");
        await http.SendAsync("POST /api/auth/login", new { handle = "\uFF21nn", password = "\uD55C\uAE00 password" }).ShouldBe(200);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> PublishAsync()
    {
        var program = Path.Combine(_folder, "program");
        // Builds in one folder go one after the other, as in run.sh.
        const string script = """
            mkdir -p artifacts
            publish() { "$@" dotnet publish src/Maru.Server -c Release -o "$program" --nologo -v quiet; }
            if command -v flock >/dev/null; then publish flock --close artifacts/build.lock; else publish; fi
            """;
        var start = new ProcessStartInfo("sh", ["-c", script]) { WorkingDirectory = Repository.Folder, RedirectStandardOutput = true };
        start.Environment["program"] = program;
        using var publish = Process.Start(start)!;
        var output = await publish.StandardOutput.ReadToEndAsync(Ct).Within("the program to be published", TimeSpan.FromMinutes(5));
        await publish.WaitForExitAsync(Ct);
        publish.ExitCode.ShouldBe(0, output);
        return Path.Combine(program, "maru");
    }
}
