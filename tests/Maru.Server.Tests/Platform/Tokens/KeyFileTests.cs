using System.Runtime.Versioning;
using Maru.Server.Platform.Tokens;

namespace Maru.Server.Tests.Platform.Tokens;

[UnsupportedOSPlatform("windows")]
public sealed class KeyFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maru-keys").FullName;

    [Theory]
    [InlineData("HS256", "jwt-hs256.key")]
    [InlineData("ES256", "jwt-es256.pem")]
    public void The_first_start_makes_a_key_for_its_owner_alone_and_the_next_reads_it(string algorithm, string name)
    {
        using var first = KeyFile.Open(_folder, algorithm);
        using var second = KeyFile.Open(_folder, algorithm);
        var token = new Jws(first).Write("{}"u8);
        new Jws(second).TryRead(token, new byte[Jws.MaxLength], out _).ShouldBeTrue();
        first.Algorithm.ShouldBe(algorithm);

        var path = Path.Combine(_folder, "keys", name);
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(Path.Combine(_folder, "keys")).ShouldBe([path]);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_key_that_others_reach_is_refused(UnixFileMode more)
    {
        KeyFile.Open(_folder, "HS256").Dispose();
        var path = Path.Combine(_folder, "keys", "jwt-hs256.key");
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | more);
        Should.Throw<StartException>(() => KeyFile.Open(_folder, "HS256")).Message.ShouldContain($"chmod 600 {path}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("c2hvcnQ=")]
    public void A_damaged_key_is_refused_not_replaced(string text)
    {
        KeyFile.Open(_folder, "HS256").Dispose();
        var path = Path.Combine(_folder, "keys", "jwt-hs256.key");
        File.WriteAllText(path, text);
        Should.Throw<StartException>(() => KeyFile.Open(_folder, "HS256")).Message.ShouldContain("damaged");
        File.ReadAllText(path).ShouldBe(text);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
