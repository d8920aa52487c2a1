using Maru.Server.Commands;
using Maru.Server.Configuration;

namespace Maru.Server.Tests.Commands;

public sealed class ConfigurationArgumentsTests
{
    [Theory]
    [InlineData]
    [InlineData("--urls", "http://127.0.0.1:9000")]
    [InlineData("--URLS=http://127.0.0.1:9000", "--environment", "Development")]
    [InlineData("--Maru:Database=Data Source=a=b.db", "--maru:data", "/tmp/x")]
    [InlineData("--Logging:LogLevel:Default=Warning", "--Kestrel:Endpoints:Https:Url=https://127.0.0.1:9443", "--AllowedHosts=*", "--http_ports=80")]
    [InlineData("--Maru:Engine:MessagesPerSecond", "-1")]
    [InlineData("--webroot", "web/dist")]
    public void Settings_pass(params string[] arguments) => ConfigurationArguments.Check("maru", arguments);

    [Theory]
    [InlineData("There is no option --url. Did you mean --urls? See: maru --help", "--url", "http://127.0.0.1:9000")]
    [InlineData("There is no option --url. Did you mean --urls? See: maru --help", "--Maru:Data=x", "--url=http://127.0.0.1:9000")]
    [InlineData("There is no option --port. See: maru --help", "--port=9000")]
    [InlineData("There is no option --Mara:Data. See: maru --help", "--Mara:Data=x")]
    [InlineData("There is no option --Maru:. See: maru --help", "--Maru:=x")]
    [InlineData("There is no option '-p'. See: maru --help", "-p", "9000")]
    [InlineData("There is no command 'sed'. See: maru --help", "sed")]
    [InlineData("There is no command 'sed'. See: maru --help", "--urls=x", "sed")]
    [InlineData("--urls needs a value: --urls=…", "--urls")]
    [InlineData("--urls needs a value: --urls=…", "--urls", "--Maru:Data=x")]
    public void Anything_else_is_named(string message, params string[] arguments) =>
        Should.Throw<StartException>(() => ConfigurationArguments.Check("maru", arguments)).Message.ShouldBe(message);
}
