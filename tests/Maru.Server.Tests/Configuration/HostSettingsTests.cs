using Maru.Server.Configuration;
using Microsoft.Extensions.Configuration;

namespace Maru.Server.Tests.Configuration;

public sealed class HostSettingsTests
{
    [Theory]
    [InlineData("urls", "http://127.0.0.1:8080;nonsense", "nonsense")]
    [InlineData("urls", "http://127.0.0.1:99999", "http://127.0.0.1:99999")]
    [InlineData("urls", "http://127.0.0.l:7818", "127.0.0.1, [::1], localhost, or *")]    // a letter: it would listen on every address
    [InlineData("urls", "http://256.1.1.1:80", "no IP address")]
    [InlineData("urls", "http://localhost.:80", "no IP address")]
    [InlineData("urls", "http://[::1:80", "no IP address")]
    [InlineData("urls", "http://chat.example:80", "no IP address")]
    [InlineData("urls", "http://127.0.0.1:80/x", "Maru:Http:BasePath")]
    [InlineData("urls", "ftp://127.0.0.1:80", "neither http:// nor https://")]
    [InlineData("Kestrel:Endpoints:A:Url", "127.0.0.1", "Kestrel:Endpoints:A:Url")]
    [InlineData("Kestrel:Endpoints:A:Url", "http://127.0.0.l:80", "Kestrel:Endpoints:A:Url has http://127.0.0.l:80, whose host")]
    [InlineData("https_ports", "443;70000", "70000")]
    [InlineData("webroot", "/nowhere", "webroot has /nowhere, which is no folder.")]
    [InlineData("shutdownTimeoutSeconds", "abc", "shutdownTimeoutSeconds")]
    [InlineData("shutdownTimeoutSeconds", "-1", "shutdownTimeoutSeconds")]
    [InlineData("Logging:Console:FormatterName", "foo", "ecs, json, simple, systemd")]
    [InlineData("Logging:LogLevel:Maru.Requests", "9", "Logging:LogLevel:Maru.Requests")]
    [InlineData("Logging:Console:LogLevel:Default", "Loud", "Logging:Console:LogLevel:Default")]
    [InlineData("Kestrel:Certificates:Default:Path", "nowhere.pem", "nowhere.pem")]
    [InlineData("Kestrel:Endpoints:A:Certificate:KeyPath", "nowhere.key", "nowhere.key")]
    public void What_cannot_be_meant_is_named_in_one_line(string key, string value, string what)
    {
        var message = Should.Throw<StartException>(() => HostSettings.Check(Configuration((key, value)))).Message;
        message.ShouldContain(what);
        message.ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("urls", "http://*:80;https://[::1]:0;http://unix:/tmp/maru.sock")]
    [InlineData("urls", "http://+;http://[::]:80;HTTP://LocalHost:80;http://0.0.0.0:80/;https://*:443")]
    [InlineData("urls", "")]
    [InlineData("http_ports", "80;8080")]
    [InlineData("webroot", "/tmp")]
    [InlineData("webroot", "")]
    [InlineData("shutdownTimeoutSeconds", "60")]
    [InlineData("Logging:Console:FormatterName", "Simple")]
    [InlineData("Logging:LogLevel:Default", "debug")]
    public void What_the_framework_takes_passes(string key, string value) => HostSettings.Check(Configuration((key, value)));

    [Fact]
    public void What_lies_in_the_place_of_a_certificate_and_is_no_file_is_named()
    {
        using var folder = new Folder();
        Pipes.Make($"{folder.Path}/server.key");
        foreach (var path in (string[])[folder, $"{folder.Path}/server.key"])
        {
            var configuration = Configuration(("Kestrel:Certificates:Default:KeyPath", path));
            var message = Should.Throw<StartException>(() => HostSettings.Check(configuration)).Message;
            message.ShouldStartWith("Kestrel:Certificates:Default:KeyPath: ");
            message.ShouldContain(path);
        }
    }

    [Fact]
    public void A_key_of_a_certificate_that_others_can_read_is_told()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new Folder();
        var key = $"{folder.Path}/server.key";
        File.WriteAllText(key, "key");
        var log = new LogBook();
        foreach (var more in (UnixFileMode[])[UnixFileMode.None, UnixFileMode.OtherRead])
        {
            File.SetUnixFileMode(key, UnixFileMode.UserRead | more);
            log.Lines.ShouldBeEmpty();
            HostSettings.WarnOfOpenKeys(Configuration(("Kestrel:Certificates:Default:KeyPath", key)), log.CreateLogger("x"));
        }

        log.Lines.ShouldHaveSingleItem().ShouldContain($"{key}, which others can read");
    }

    [Fact]
    public void A_certificate_is_looked_for_from_the_current_folder()
    {
        using var folder = new Folder();
        var file = Path.Combine(folder, "server.crt");
        File.WriteAllText(file, "");
        var configuration = Configuration(
            ("Kestrel:Certificates:Default:Path", Path.GetRelativePath(Directory.GetCurrentDirectory(), file)));
        HostSettings.Check(configuration);
        configuration["Kestrel:Certificates:Default:Path"].ShouldBe(file);
    }

    private static ConfigurationManager Configuration(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        return configuration;
    }
}
