using Maru.Server.Commands;

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
        (await MaruCommand.RunAsync([argument, "--hostBuilder:reloadConfigOnChange=false"])).ShouldBe(2);
}
