using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Maru.Server.Tests.Deploy;

/// <summary>
/// deploy/ and the workflows give each part as little as it needs. The files are read as docker reads them; no container is started.
/// </summary>
public sealed partial class ComposeTests
{
    private static readonly string[] Servers = ["postgres", "redis", "maru-1", "maru-2", "maru-3", "nginx"];

    private static readonly Dictionary<object, object> Compose = Read("deploy/compose.cluster.yaml");

    private static readonly Dictionary<string, string> Images = Repository.Read("deploy/images.env").Split('\n')
        .Where(line => line.Contains('=') && !line.StartsWith('#')).Select(line => line.Split('=', 2)).ToDictionary(x => x[0], x => x[1]);

    [Fact]
    public void Each_container_has_a_user_no_rights_no_files_to_write_and_an_end_to_what_it_takes()
    {
        Map(Compose, "services").Keys.ShouldBe(Servers, ignoreOrder: true);
        foreach (var (name, service) in Services())
        {
            Text(service, "user").ShouldMatch("^[1-9][0-9]*:[1-9][0-9]*$", name);
            Text(service, "read_only").ShouldBe("true", name);
            List(service, "cap_drop").ShouldBe(["ALL"], name);
            service.ContainsKey("cap_add").ShouldBeFalse(name);
            service.ContainsKey("privileged").ShouldBeFalse(name);
            List(service, "security_opt").ShouldBe(["no-new-privileges:true"], name);
            foreach (var bound in (string[])["mem_limit", "cpus", "pids_limit"])
                Text(service, bound).ShouldMatch("^[1-9][0-9]*[mg]?$", name);
            foreach (var end in (string[])["soft", "hard"])
                int.Parse(Text(Map(Map(service, "ulimits"), "nofile"), end)).ShouldBeInRange(1024, 65536, name);
            List(service, "volumes").Where(volume => volume[0] is '.' or '/').ShouldAllBe(volume => volume.EndsWith(":ro"), name);
        }
    }

    [Fact]
    public void Each_image_is_pinned_by_version_and_digest()
    {
        Images.Values.ShouldAllBe(image => PinnedImage().IsMatch(image));
        foreach (var (name, service) in Services())
        {
            if (service.ContainsKey("build")) Map(service, "build")["dockerfile"].ShouldBe("deploy/Dockerfile");
            else Images.Keys.ShouldContain(Variable().Match(Text(service, "image")).Groups[1].Value, name);
        }

        var arguments = Map(Map(Map(Map(Compose, "services"), "maru-1"), "build"), "args").Values.Cast<string>().ToArray();
        arguments.Select(value => Variable().Match(value).Groups[1].Value).ShouldBe(["SDK_IMAGE", "RUNTIME_IMAGE"]);
        arguments.ShouldAllBe(value => value.Contains(":?"), "without the file nothing is built");
    }

    [Fact]
    public void The_program_runs_in_the_runtime_alone_and_not_as_root()
    {
        var lines = Repository.Read("deploy/Dockerfile").Split('\n');
        lines.Where(line => line.StartsWith("FROM ")).ShouldBe(["FROM ${SDK_IMAGE} AS build", "FROM ${RUNTIME_IMAGE}"]);
        Images["RUNTIME_IMAGE"].ShouldMatch("^mcr.microsoft.com/dotnet/aspnet:[0-9.]+-noble-chiseled@");
        var last = lines.SkipWhile(line => line != "FROM ${RUNTIME_IMAGE}").ToArray();
        last.ShouldContain("USER 1654:1654");
        last.ShouldContain(line => line.StartsWith("HEALTHCHECK "));
        last.ShouldNotContain(line => line.StartsWith("RUN "));
        Repository.Read(".dockerignore").Split('\n').ShouldContain("deploy/secrets");
    }

    [Fact]
    public void Only_nginx_is_reached_from_outside_and_only_nodes_reach_the_stores()
    {
        foreach (var (name, service) in Services().Where(pair => pair.Name != "nginx"))
        {
            service.ContainsKey("ports").ShouldBeFalse(name);
            service.ContainsKey("network_mode").ShouldBeFalse(name);
            List(service, "networks").ShouldBe(name.StartsWith("maru") ? ["front", "back"] : ["back"], name);
        }

        var nginx = Map(Map(Compose, "services"), "nginx");
        List(nginx, "ports").ShouldBe(["127.0.0.1:8080:8080"]);
        Map(nginx, "networks").Keys.ShouldBe(["outside", "front"]);
        foreach (var network in (string[])["front", "back"]) Text(Map(Map(Compose, "networks"), network), "internal").ShouldBe("true");
        var believed = Text(Map(Map(Map(Compose, "services"), "maru-1"), "environment"), "Maru__Limits__Proxies");
        believed.ShouldBe(Text(Map(Map(nginx, "networks"), "front"), "ipv4_address"), "nginx, and nobody else");
    }

    [Fact]
    public void Passwords_come_from_files_and_each_program_has_its_own()
    {
        foreach (var (name, service) in Services())
        {
            var environment = service.ContainsKey("environment") ? Map(service, "environment") : [];
            environment.Where(pair => $"{pair.Key}".Contains("PASSWORD") && !$"{pair.Key}".EndsWith("_FILE")).ShouldBeEmpty(name);
            environment.Values.ShouldAllBe(value => !$"{value}".Contains("Password="), name);
        }

        var secrets = Map(Compose, "secrets");
        secrets.Keys.ShouldAllBe(name => Text(Map(secrets, (string)name), "file") == $"./secrets/{name}");
        List(Map(Map(Compose, "services"), "redis"), "command").ShouldContain("/run/secrets/redis_users");
        Repository.Read("deploy/postgres.sh").ShouldContain("NOSUPERUSER NOCREATEDB NOCREATEROLE");
        Repository.Read(".gitignore").Split('\n').ShouldContain("/deploy/secrets/");
    }

    [Fact]
    public void Each_container_tells_how_it_is()
    {
        foreach (var (name, service) in Services().Where(pair => !pair.Service.ContainsKey("build")))
            List(Map(service, "healthcheck"), "test").Count.ShouldBeGreaterThan(1, name);
    }

    [Fact]
    public void Workflows_may_read_alone_and_name_actions_by_commit()
    {
        foreach (var path in Directory.GetFiles(Repository.PathOf(".github/workflows")))
        {
            var workflow = Read(path);
            Map(workflow, "permissions").ShouldHaveSingleItem().ShouldBe(new KeyValuePair<object, object>("contents", "read"));
            var uses = Uses().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value).ToArray();
            uses.ShouldNotBeEmpty();
            uses.ShouldAllBe(action => Commit().IsMatch(action));
        }
    }

    private static IEnumerable<(string Name, Dictionary<object, object> Service)> Services() =>
        Map(Compose, "services").Select(pair => ((string)pair.Key, (Dictionary<object, object>)pair.Value));

    private static Dictionary<object, object> Map(Dictionary<object, object> node, string key) => (Dictionary<object, object>)node[key];

    private static string Text(Dictionary<object, object> node, string key) => (string)node[key];

    private static List<string> List(Dictionary<object, object> node, string key) =>
        node.TryGetValue(key, out var list) ? [.. ((List<object>)list).Select(item => (string)item)] : [];

    private static Dictionary<object, object> Read(string path) => new DeserializerBuilder().Build()
        .Deserialize<Dictionary<object, object>>(new MergingParser(new Parser(new StringReader(Repository.Read(path)))));

    [GeneratedRegex(@"^[a-z0-9./-]+:[0-9][\w.-]+@sha256:[0-9a-f]{64}$")]
    private static partial Regex PinnedImage();

    [GeneratedRegex(@"^\$\{(\w+):\?")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\buses: (\S+)")]
    private static partial Regex Uses();

    [GeneratedRegex("^[a-z-]+/[a-z-]+@[0-9a-f]{40}$")]
    private static partial Regex Commit();
}
