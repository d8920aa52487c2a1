using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Maru.Server.Configuration;
using Microsoft.Extensions.Configuration;

namespace Maru.Server.Tests.Configuration;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("Maru:Jwt:Algorithm", "none", "Maru:Jwt", "Algorithm")]
    [InlineData("Maru:Jwt:AccessTokenLifetime", "00:00:00", "Maru:Jwt", "AccessTokenLifetime")]
    [InlineData("Maru:Jwt:RefreshTokenLifetime", "00:01:00", "Maru:Jwt", "RefreshTokenLifetime")]
    [InlineData("Maru:Limits:RequestBytes", "-1", "Maru:Limits", "RequestBytes")]
    [InlineData("Maru:Limits:RequestBytes", "much", "Maru:Limits:RequestBytes", "much")]
    [InlineData("Maru:Sqlite:Synchronous", "SOMETIMES", "Maru:Sqlite", "Synchronous")]
    [InlineData("Maru:RateLimits:Enabled", "perhaps", "Maru:RateLimits:Enabled", "perhaps")]
    [InlineData("Maru:RateLimit:Enabled", "true", "There is no setting", "Maru:RateLimit.")]
    [InlineData("Maru:Jwt:Algoritm", "HS256", "There is no setting", "Maru:Jwt:Algoritm.")]
    [InlineData("Maru:Jwt:Issuers:site:Isuer", "x", "There is no setting", "Maru:Jwt:Issuers:site:Isuer.")]
    [InlineData("Maru:Jwt:Issuers:site:Issuer", "maru", "Maru:Jwt", "an Issuer of its own")]
    [InlineData("Maru:Jwt:Issuers:site:Issuer", "https://site.example", "Maru:Jwt:Issuers:site", "Audience")]
    [InlineData("Maru:Jwt:Issuers:site:MaxLifetime", "400.00:00:00", "Maru:Jwt:Issuers:site", "MaxLifetime")]
    [InlineData("Maru:Database", "", "Maru", "Database")]
    [InlineData("Maru:Redis", "redis", "Maru", "Redis must be host:port")]
    [InlineData("Maru:Redis", "redis:x", "Maru", "Redis must be host:port")]
    [InlineData("Maru:Redis", "redis:6379,:::", "Maru", "Redis must be host:port")]
    [InlineData("Maru:Redis", "redis:6379, 127.0.0.1:99999", "Maru", "Redis has 127.0.0.1:99999")]
    [InlineData("Maru:Redis", "redis:0", "Maru", "Redis has redis:0")]
    [InlineData("Maru:StompTcp", "127.0.0.1:99999", "Maru", "StompTcp must be an IP address and a port")]
    [InlineData("Maru:StompTcp", "127.0.0.1", "Maru", "StompTcp must be an IP address and a port")]
    [InlineData("Maru:StompTcp", "::1", "Maru", "StompTcp must be an IP address and a port")]
    [InlineData("Maru:StompTcp", "localhost:61613", "Maru", "StompTcp must be an IP address and a port")]
    [InlineData("Maru:Engine:ClientMemoryBytes", "1", "Maru:Engine", "ClientMemoryBytes must be 0 or from 16777216")]
    [InlineData("Maru:Engine:ClientMemoryBytes", "99999999999999", "Maru:Engine", "the memory that the process may use")]
    [InlineData("Maru:Engine:CommitBatch", "0", "Maru:Engine", "CommitBatch")]
    [InlineData("Maru:Engine:TailCheckAlone", "00:00:00", "Maru:Engine", "TailCheckAlone")]
    [InlineData("Maru:Engine:HeartBeat", "00:00:00.5", "Maru:Engine", "HeartBeat")]
    [InlineData("Maru:Engine:TailMinBytes", "8000000", "Maru:Engine", "TailMaxBytes")]
    public void A_bad_setting_is_named_in_one_line(string key, string value, string where, string what)
    {
        var message = Should.Throw<StartException>(() => MaruOptions.Read(Configuration((key, value)))).Message;
        message.ShouldContain(where);
        message.ShouldContain(what);
        message.ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("One of Secret, JwksFile and JwksUrl")]
    [InlineData("32 bytes at least", "Secret", "0123456789abcdef0123456789abcde")]
    [InlineData("must be random", "Secret", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("One of Secret", "Secret", "0123456789abcdef0123456789abcdef", "JwksFile", "keys.json")]
    [InlineData("JwksUrl must be an https://", "JwksUrl", "http://site.example/keys")]
    [InlineData("JwksUrl must be an https://", "JwksUrl", "file:///keys")]
    [InlineData("JwksUrl must be an https://", "JwksUrl", "https://user:word@site.example/keys")]
    [InlineData("Algorithms must be some of", "JwksUrl", "https://site.example/keys", "Algorithms", "HS256")]
    [InlineData("Algorithms must be some of", "JwksUrl", "https://site.example/keys", "Algorithms", "none")]
    public void An_issuer_that_cannot_be_trusted_is_refused_at_the_start(string what, params string[] settings)
    {
        (string, string)[] good = [("Maru:Jwt:Issuers:site:Issuer", "https://site.example"), ("Maru:Jwt:Issuers:site:Audience", "chat")];
        var all = good.Concat(settings.Chunk(2).Select(pair => ($"Maru:Jwt:Issuers:site:{pair[0]}", pair[1]))).ToArray();
        Should.Throw<StartException>(() => MaruOptions.Read(Configuration(all))).Message.ShouldContain(what);
    }

    [Theory]
    [InlineData("true", 50)]
    [InlineData("false", 0)]
    public void One_switch_turns_the_limit_of_messages_off_too(string enabled, int perSecond) =>
        MaruOptions.Read(Configuration(("Maru:RateLimits:Enabled", enabled))).Engine.MessagesPerSecond.ShouldBe(perSecond);

    [Theory]
    [InlineData("redis:6379")]
    [InlineData("10.0.0.1:6379, [::1]:6380")]
    public void Redis_servers_are_named_with_their_ports(string redis) =>
        MaruOptions.Read(Configuration(("Maru:Redis", redis))).Redis.ShouldBe(redis);

    [Theory]
    [InlineData("127.0.0.1:61613")]
    [InlineData("[::1]:0")]
    public void STOMP_on_TCP_has_an_address_and_a_port(string address) =>
        MaruOptions.Read(Configuration(("Maru:StompTcp", address))).StompTcp.ShouldBe(address);

    [Fact]
    public void Appsettings_lists_every_key_with_its_default()
    {
        var file = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json")).Build();
        var listed = file.GetSection("Maru")
            .AsEnumerable(makePathsRelative: true).Where(pair => pair.Value is not null).Select(pair => pair.Key).Order().ToArray();
        var known = Keys("", new MaruOptions()).ToDictionary(pair => pair.Key, pair => pair.Value);
        listed.ShouldBe(known.Keys.Order());
        var fromFile = Keys("", MaruOptions.Read(file)).ToDictionary(pair => pair.Key, pair => pair.Value);
        foreach (var (key, value) in known) fromFile[key].ShouldBe(value, key);
    }

    [Fact]
    public void Every_number_and_every_time_has_a_range_and_its_default_is_inside()
    {
        var faults = Properties("Maru:", new MaruOptions())
            .Where(
                setting => setting.Property.PropertyType == typeof(TimeSpan)
                    || (setting.Property.PropertyType.IsPrimitive && setting.Property.PropertyType != typeof(bool)))
            .Where(setting => setting.Property.GetCustomAttribute<RangeAttribute>() is not { } range || !range.IsValid(setting.Value))
            .Select(setting => setting.Key);
        faults.ShouldBeEmpty();
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();

    private static IEnumerable<KeyValuePair<string, object?>> Keys(string path, object options) =>
        Properties(path, options).Select(setting => KeyValuePair.Create(setting.Key, setting.Value));

    private static IEnumerable<(string Key, PropertyInfo Property, object? Value)> Properties(string path, object options)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var value = property.GetValue(options);
            if (value is System.Collections.IDictionary) continue;    // named by the operator, and none by default
            var isGroup = value is not null and not string && property.PropertyType.IsClass;
            foreach (var setting in isGroup ? Properties($"{path}{property.Name}:", value!) : [(path + property.Name, property, value)])
                yield return setting;
        }
    }
}
