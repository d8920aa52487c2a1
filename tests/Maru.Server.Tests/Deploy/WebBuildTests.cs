using System.Diagnostics;
using System.Runtime.Versioning;

namespace Maru.Server.Tests.Deploy;

/// <summary>
/// web/build.sh, and run.sh which calls it, in a tree of their own. Node.js, npm and the SDK are scripts: which of them is there, and
/// whether it fails, is what these tests are about.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class WebBuildTests : IDisposable
{
    private const string Npm =
        """
        echo "npm $*" >>"$ROOT/calls"
        if [[ $1 == ci ]]; then mkdir -p node_modules; touch node_modules/.package-lock.json; exit; fi
        if [[ -f src/broken ]]; then echo "broken is no script"; exit 1; fi
        mkdir -p dist; cat src/* >dist/index.html
        """;

    private const string Sdk =
        """
        case $1 in
            --list-sdks) echo "10.0.100 [/usr/share/dotnet/sdk]" ;;
            build)
                echo "dotnet $*" >>"$ROOT/calls"
                mkdir -p src/Maru.Server/bin/Release/net10.0
                touch src/Maru.Server/bin/Release/net10.0/maru.dll ;;
            *) echo "started: ${*:2}" ;;
        esac
        """;

    private static readonly DateTime Past = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly Folder _tree = new();

    public WebBuildTests()
    {
        foreach (var folder in (string[])["web/src", "src/Maru.Engine", "src/Maru.Server/bin", "src/Maru.Server/obj", "bin"])
            Directory.CreateDirectory(At(folder));
        foreach (var script in (string[])["web/build.sh", "run.sh"]) File.Copy(Repository.PathOf(script), At(script));
        foreach (var file in (string[])["global.json", ".editorconfig", "BannedSymbols.txt", "Directory.Build.props"]) Write(file, "");
        Write("web/package.json", "{}");
        Write("web/package-lock.json", "{}");
        Write("web/src/main.ts", "one");
        // The programs of a system without Node.js.
        string[] tools = ["bash", "cat", "cut", "dirname", "find", "flock", "head", "mkdir", "mv", "paste", "rm", "sort", "tail", "touch"];
        foreach (var tool in tools)
        {
            var path = ((string[])["/usr/bin", "/bin"]).Select(folder => $"{folder}/{tool}").First(File.Exists);
            File.CreateSymbolicLink(At($"bin/{tool}"), path);
        }
    }

    [Fact]
    public async Task The_client_is_built_when_a_source_has_changed()
    {
        Install("node", "echo v20.19.0");
        Install("npm", Npm);
        (await RunAsync("web/build.sh")).Code.ShouldBe(0);
        Calls().ShouldBe(["npm ci --no-audit --no-fund", "npm run build"]);
        Read("web/dist/index.html").ShouldBe("one");

        (await RunAsync("web/build.sh")).ShouldBe((0, ""));
        Write("web/test-results/trace.json", "{}");
        Write("web/screenshots/room.png", "");
        Write("web/node_modules/x/index.js", "");
        Write("web/data/maru.db", "");
        (await RunAsync("web/build.sh")).ShouldBe((0, ""), "none of these is a source");
        Calls().ShouldBeEmpty();

        Write("web/src/main.ts", "two");
        (await RunAsync("web/build.sh")).Code.ShouldBe(0);
        Calls().ShouldBe(["npm run build"]);
        Read("web/dist/index.html").ShouldBe("two");

        Write("web/src/old.ts", "old", Past);
        (await RunAsync("web/build.sh")).Code.ShouldBe(0);
        Calls().ShouldBe(["npm run build"], "a new file may have an old time");
        File.Delete(At("web/src/old.ts"));
        (await RunAsync("web/build.sh")).Code.ShouldBe(0);
        Calls().ShouldBe(["npm run build"], "a file has gone");

        Write("web/package-lock.json", "{\"lockfileVersion\":3}");
        (await RunAsync("web/build.sh")).Code.ShouldBe(0);
        Calls().ShouldBe(["npm ci --no-audit --no-fund", "npm run build"]);
    }

    [Theory]
    [InlineData(null, "Node.js 20 or newer is missing: ")]
    [InlineData("v18.20.4", "Node.js 20 or newer is missing (found: v18.20.4): ")]
    [InlineData("v22.12.0", "npm is missing, which comes with Node.js: ")]
    public async Task Without_a_program_that_it_takes_it_says_which_and_what_is_served(string? node, string what)
    {
        if (node is not null) Install("node", $"echo {node}");
        var (code, told) = await RunAsync("web/build.sh");
        code.ShouldBe(0);
        told.ShouldBe($"web/build.sh: {what}the web client cannot be built; everything else works. Get it from https://nodejs.org/\n");

        Write("web/dist/index.html", "from before");
        (await RunAsync("web/build.sh")).ShouldBe((0, $"web/build.sh: {what}the web client stays as it was built before.\n"));
        Read("web/dist/index.html").ShouldBe("from before");
    }

    [Fact]
    public async Task A_build_that_fails_says_why_and_is_tried_again()
    {
        Install("node", "echo v22.12.0");
        Install("npm", Npm);
        Write("web/src/broken", "");
        for (var i = 0; i < 2; i++)
        {
            var (code, told) = await RunAsync("web/build.sh");
            code.ShouldBe(1);
            told.ShouldEndWith("broken is no script\nweb/build.sh: 'npm run build' failed, see above.\n");
        }

        File.Delete(At("web/src/broken"));
        (await RunAsync("web/build.sh")).Code.ShouldBe(0);
        (await RunAsync("web/build.sh")).ShouldBe((0, ""));
    }

    [Fact]
    public async Task A_tree_without_a_client_is_fine()
    {
        File.Delete(At("web/package.json"));
        (await RunAsync("web/build.sh")).ShouldBe((0, ""));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("v22.12.0")]
    public async Task The_server_starts_also_where_the_client_cannot_be_built(string? node)
    {
        Install("dotnet", Sdk);
        if (node is not null) Install("node", $"echo {node}");
        if (node is not null) Install("npm", Npm);
        Write("web/src/broken", "");
        var (code, told) = await RunAsync("run.sh", "--urls", "http://127.0.0.1:9000");
        code.ShouldBe(0);
        told.ShouldEndWith("started: --urls http://127.0.0.1:9000\n");
    }

    [Fact]
    public async Task The_program_is_built_again_with_a_new_client()
    {
        Install("dotnet", Sdk);
        Install("node", "echo v22.12.0");
        Install("npm", Npm);
        (await RunAsync("run.sh")).Code.ShouldBe(0);
        Calls().ShouldBe(["npm ci --no-audit --no-fund", "npm run build", "dotnet build src/Maru.Server -c Release --nologo -v quiet"]);
        (await RunAsync("run.sh")).ShouldBe((0, "started: \n"));
        Write("web/src/main.ts", "two");
        (await RunAsync("run.sh")).Code.ShouldBe(0);
        Calls().ShouldBe(["npm run build", "dotnet build src/Maru.Server -c Release --nologo -v quiet"]);
    }

    public void Dispose() => _tree.Dispose();

    private string At(string path) => Path.Combine(_tree, path);

    private string Read(string path) => File.ReadAllText(At(path));

    /// <summary>Writes a file, as of now: later than all that was built.</summary>
    private void Write(string path, string text, DateTime? at = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
        if (at is { } time) File.SetLastWriteTimeUtc(At(path), time);
    }

    private void Install(string name, string script)
    {
        Write($"bin/{name}", $"#!{At("bin/bash")}\n{script}\n");
        File.SetUnixFileMode(At($"bin/{name}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Returns what was called since this was asked last.</summary>
    private string[] Calls()
    {
        var calls = File.Exists(At("calls")) ? File.ReadAllLines(At("calls")) : [];
        File.Delete(At("calls"));
        return calls;
    }

    /// <summary>Runs a script to its end; returns what it said on both streams.</summary>
    private async Task<(int Code, string Told)> RunAsync(string script, params string[] args)
    {
        var start = new ProcessStartInfo(At("bin/bash"), [At(script), .. args])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = At("bin");
        start.Environment["ROOT"] = _tree;
        using var program = Process.Start(start) ?? throw new InvalidOperationException(script);
        var (told, started) = (program.StandardError.ReadToEndAsync(), program.StandardOutput.ReadToEndAsync());
        await program.WaitForExitAsync().Within("the script to end");
        return (program.ExitCode, await told + await started);
    }
}
