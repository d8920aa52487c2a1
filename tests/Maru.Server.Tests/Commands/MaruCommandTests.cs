using System.Net;
using System.Net.Sockets;

namespace Maru.Server.Tests.Commands;

public sealed class MaruCommandTests
{
    [Theory]
    [InlineData("--Maru:Jwt:Algorithm=none")]
    [InlineData("--Maru:Jwt:AccessTokenLifetime=soon")]
    [InlineData("--Maru:Jwt:Algoritm=HS256")]
    [InlineData("--Maru:Database=Host=db;Username=maru")]
    [InlineData("--Maru:Database=Data Source=/proc/nowhere/maru.db")]
    [InlineData("--url=http://127.0.0.1:0")]
    [InlineData("sed")]
    public async Task What_the_operator_can_mend_ends_with_code_2(string argument) =>
        (await Program.Main([argument, "--hostBuilder:reloadConfigOnChange=false"])).ShouldBe(2);

    [Theory]
    [InlineData("urls has nonsense", "--urls=nonsense")]
    [InlineData("none of Trace, Debug", "--Logging:LogLevel:Default=Foo")]
    [InlineData("http_ports has abc", "--http_ports=abc")]
    [InlineData("neither http:// nor https://", "--urls=ftp://127.0.0.1:0")]
    [InlineData("--urls", "--urls=http://unix:/nowhere/at/all.sock")]
    [InlineData("address already in use", "--urls=http://127.0.0.1:7818", "--Maru:StompTcp=127.0.0.1:7818")]
    [InlineData("No server certificate was specified", "--urls=https://127.0.0.1:0")]
    [InlineData("--urls", "--urls=http://203.0.113.9:0")]   // of nobody's machine: RFC 5737
    [InlineData("missing the required 'Url'", "--Kestrel:Endpoints:A:Protocols=Http1")]
    public async Task Where_it_cannot_listen_it_says_so_in_one_line(string what, params string[] arguments)
    {
        using var folder = new Folder();
        var (code, lines) = await MaruProcess.RunAsync([.. await MaruProcess.StoreAsync(folder), .. arguments]);
        code.ShouldBe(2, string.Join('\n', lines));
        TheOneLine(lines).ShouldContain(what);
    }

    [Fact]
    public async Task A_certificate_that_is_none_is_no_bug()
    {
        using var folder = new Folder();
        var file = Path.Combine(folder, "server.pfx");
        File.WriteAllText(file, "none");
        var (code, lines) = await MaruProcess.RunAsync(
            [.. await MaruProcess.StoreAsync(folder), "--urls=https://127.0.0.1:0", $"--Kestrel:Certificates:Default:Path={file}"]);
        code.ShouldBe(2, string.Join('\n', lines));
        TheOneLine(lines).ShouldContain("--urls or the section Kestrel");
    }

    [Fact]
    public async Task An_address_that_is_taken_is_named()
    {
        using var folder = new Folder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var (code, lines) = await MaruProcess.RunAsync([.. await MaruProcess.StoreAsync(folder), $"--urls=http://{taken.LocalEndpoint}"]);
        code.ShouldBe(2);
        TheOneLine(lines)
            .ShouldContain($"{taken.LocalEndpoint}: address already in use");
    }

    [Fact]
    public async Task An_address_of_STOMP_that_is_taken_is_named_by_its_setting()
    {
        using var folder = new Folder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var (code, lines) = await MaruProcess.RunAsync(
            [.. await MaruProcess.StoreAsync(folder), "--urls=http://127.0.0.1:0", $"--Maru:StompTcp={taken.LocalEndpoint}"]);
        code.ShouldBe(2, string.Join('\n', lines));
        TheOneLine(lines)
            .ShouldBe($"maru: Maru:StompTcp: {taken.LocalEndpoint} cannot be listened at. Address already in use");
    }

    [Fact]
    public async Task A_file_of_settings_that_cannot_be_read_is_named()
    {
        var name = $"broken-{Guid.NewGuid():n}";
        var file = Path.Combine(AppContext.BaseDirectory, $"appsettings.{name}.json");
        File.WriteAllText(file, "{ \"Maru\": ");
        try
        {
            var (code, lines) = await MaruProcess.RunAsync($"--environment={name}");
            code.ShouldBe(2, string.Join('\n', lines));
            lines.ShouldHaveSingleItem().ShouldContain(name);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Returns what it says of its end: nothing else but its log, which has no error.</summary>
    private static string TheOneLine(IReadOnlyList<string> lines)
    {
        var log = lines.Where(line => line.StartsWith('{')).ToArray();
        log.ShouldAllBe(line => line.Contains("\"log.level\":\"info\"", StringComparison.Ordinal));
        var line = lines.Except(log).ShouldHaveSingleItem();
        line.ShouldStartWith("maru: ");
        return line;
    }
}
