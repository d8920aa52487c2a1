using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Maru.Engine;
using Maru.Server.Configuration;
using Maru.Server.Files;
using Maru.Server.Platform.Tokens;
using Microsoft.IdentityModel.Tokens;

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
        var first = KeyFile.Open(_folder, algorithm);
        var second = KeyFile.Open(_folder, algorithm);
        Tokens(second).TryRead(Token(first), out _).ShouldBeTrue();
        first.Derive("a"u8).ShouldBe(second.Derive("a"u8));
        first.Derive("a"u8).ShouldNotBe(second.Derive("b"u8));
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
        KeyFile.Open(_folder, "HS256");
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
        KeyFile.Open(_folder, "HS256");
        var path = Path.Combine(_folder, "keys", "jwt-hs256.key");
        File.WriteAllText(path, text);
        Should.Throw<StartException>(() => KeyFile.Open(_folder, "HS256")).Message.ShouldContain("damaged");
        File.ReadAllText(path).ShouldBe(text);
    }

    [Theory]
    [InlineData("HS256", "jwt-hs256.key")]
    [InlineData("ES256", "jwt-es256.pem")]
    public void A_key_that_was_replaced_still_verifies_and_one_that_is_gone_does_not(string algorithm, string name)
    {
        var token = Token(KeyFile.Open(_folder, algorithm));
        File.Move(Path.Combine(_folder, "keys", name), Path.Combine(Verify, name));
        var next = KeyFile.Open(_folder, algorithm);
        Tokens(next, KeyFile.OpenOthers(_folder)).TryRead(token, out _).ShouldBeTrue();
        Tokens(next, KeyFile.OpenOthers(_folder)).TryRead(Token(next), out _).ShouldBeTrue();
        var other = KeyFile.Open(_folder, algorithm == "HS256" ? "ES256" : "HS256");
        Tokens(other, KeyFile.OpenOthers(_folder)).TryRead(token, out _).ShouldBeTrue();

        File.Delete(Path.Combine(Verify, name));
        Tokens(next, KeyFile.OpenOthers(_folder)).TryRead(token, out _).ShouldBeFalse();
    }

    [Fact]
    public void Public_keys_verify_in_any_form_and_need_no_secrecy()
    {
        using var rsa = RSA.Create(2048);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        foreach (var (name, pem) in (IEnumerable<(string, string)>)
        [
            ("1.pem", rsa.ExportSubjectPublicKeyInfoPem()),
            ("2.pem", rsa.ExportRSAPublicKeyPem()),
            ("3.pem", curve.ExportSubjectPublicKeyInfoPem()),
        ])
        {
            File.WriteAllText(Path.Combine(Verify, name), pem);
            File.SetUnixFileMode(Path.Combine(Verify, name), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        }

        var tokens = Tokens(KeyFile.Open(_folder, "HS256"), KeyFile.OpenOthers(_folder));
        var expires = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
        var claims = $$"""{"iss":"maru","sub":"1","sid":"1","exp":{{expires}}}""";
        tokens.TryRead(RawToken.Sign(rsa, """{"alg":"RS256"}""", claims), out _).ShouldBeTrue();
        tokens.TryRead(RawToken.Sign(curve, """{"alg":"ES256"}""", claims), out _).ShouldBeTrue();
        KeyFile.OpenOthers(_folder)[0].KeyId.ShouldBe(KeyFile.OpenOthers(_folder)[1].KeyId);
    }

    [Fact]
    public void A_secret_that_others_reach_and_a_file_that_is_no_key_are_refused_among_the_others_too()
    {
        using var rsa = RSA.Create(2048);
        var path = Path.Combine(Verify, "old.pem");
        File.WriteAllText(path, rsa.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Should.Throw<StartException>(() => KeyFile.OpenOthers(_folder)).Message.ShouldContain($"chmod 600 {path}");

        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        KeyFile.OpenOthers(_folder).Length.ShouldBe(1);
        using var small = RSA.Create(1024);
        const string Broken = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
        foreach (var text in (string[])["", Broken, small.ExportSubjectPublicKeyInfoPem()])
        {
            File.WriteAllText(path, text);
            Should.Throw<StartException>(() => KeyFile.OpenOthers(_folder)).Message.ShouldContain("damaged");
        }
    }

    /// <summary>A key is looked at before it is opened, so nothing hangs the start.</summary>
    [Theory]
    [InlineData("a pipe", "not a file")]
    [InlineData("a folder", "is a folder")]
    [InlineData("a device", "not a file")]
    [InlineData("a link to itself", "links")]
    [InlineData("a link to nothing", "find")]
    [InlineData("nothing", "damaged")]
    [InlineData("zeros", "not random")]
    [InlineData("one letter", "not random")]
    [InlineData("a word over and over", "not random")]
    [InlineData("the same, cut off", "not random")]
    [InlineData("31 bytes", "damaged")]
    [InlineData("a book", "more than")]
    public async Task What_is_no_key_is_told_and_left(string what, string why)
    {
        await ShouldRefuseAsync(Path.Combine(_folder, "keys", "jwt-hs256.key"), () => KeyFile.Open(_folder, "HS256"));
        if (what != "a folder") await ShouldRefuseAsync(Path.Combine(Verify, "other.key"), () => KeyFile.OpenOthers(_folder));

        async Task ShouldRefuseAsync(string path, Func<object> open)
        {
            var folder = Directory.CreateDirectory(Path.GetDirectoryName(path)!).FullName;
            Place(what, path);
            var message = (await Should.ThrowAsync<StartException>(Task.Run(open).Within("the start to end"))).Message;
            message.ShouldContain(why);
            message.ShouldContain(path);
            message.ReplaceLineEndings("").ShouldBe(message);
            Directory.GetFileSystemEntries(folder).ShouldBe([path]);
        }
    }

    /// <summary>What operators make: random bytes, or random text of few letters (<c>openssl rand -hex 32</c>), in base64 or not.</summary>
    [Fact]
    public void Random_keys_of_any_form_are_taken()
    {
        var path = Path.Combine(Verify, "other.key");
        OwnFile.Open(path, FileMode.CreateNew).Dispose();
        for (var i = 0; i < 100; i++)
        {
            var hex = RandomNumberGenerator.GetHexString(64, lowercase: true);
            var digits = RandomNumberGenerator.GetString("0123456789", 40);
            foreach (var text in (string[])
            [
                Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), hex, Convert.ToBase64String(Encoding.ASCII.GetBytes(hex)),
                Convert.ToBase64String(Encoding.ASCII.GetBytes(digits)),
            ])
            {
                File.WriteAllText(path, text);
                KeyFile.OpenOthers(_folder).Length.ShouldBe(1, text);
            }
        }
    }

    [Fact]
    public void A_file_in_the_place_of_the_folder_is_told()
    {
        KeyFile.Open(_folder, "HS256");
        File.WriteAllText(Path.Combine(_folder, "keys", "verify"), "");
        Should.Throw<StartException>(() => KeyFile.OpenOthers(_folder)).Message.ShouldContain("keys/verify");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Verify => Directory.CreateDirectory(Path.Combine(_folder, "keys", "verify")).FullName;

    private static void Place(string what, string path)
    {
        if (what == "a pipe") Pipes.Make(path);
        else if (what == "a folder") Directory.CreateDirectory(path);
        else if (what == "a device") File.CreateSymbolicLink(path, "/dev/zero");
        else if (what == "a link to itself") File.CreateSymbolicLink(path, Path.GetFileName(path));
        else if (what == "a link to nothing") File.CreateSymbolicLink(path, "nowhere");
        else using (var file = new StreamWriter(OwnFile.Open(path, FileMode.CreateNew))) file.Write(Text(what));
    }

    private static string Text(string what) => what switch
    {
        "nothing" => "",
        "zeros" => Convert.ToBase64String(new byte[32]),
        "one letter" => Convert.ToBase64String([.. Enumerable.Repeat((byte)'a', 64)]),
        "a word over and over" => Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("abcdefgh", 8)))),
        "the same, cut off" => Convert.ToBase64String(Encoding.ASCII.GetBytes("abcdefghijklmnabcdefghijklmnabcdefg")),
        "31 bytes" => Convert.ToBase64String(RandomNumberGenerator.GetBytes(31)),
        _ => new string('A', 100_000),
    };

    private static string Token(SigningKey key) => Tokens(key).Write(new UserId(1), 1, 5, "user", TimeSpan.FromHours(1));

    private static AccessTokens Tokens(SigningKey key, params SecurityKey[] others) =>
        new(key, new VerificationKeys(key, others), new JwtOptions(), TimeProvider.System);
}
