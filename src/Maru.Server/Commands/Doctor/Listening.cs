using System.Net;

namespace Maru.Server.Commands.Doctor;

/// <summary>An address at which the server listens, as its settings say.</summary>
/// <param name="Setting">the setting that has it</param>
/// <param name="Text">it, as written there</param>
/// <param name="Address">of this machine; null: a socket of the file system</param>
/// <param name="IsSecure">it is HTTPS</param>
internal sealed record Listening(string Setting, string Text, IPEndPoint? Address, bool IsSecure)
{
    private const string DefaultUrl = "http://localhost:8080";

    public bool IsLocal => Address is null || IPAddress.IsLoopback(Address.Address);

    /// <summary>Returns the addresses of HTTP; settings that cannot be read are left out.</summary>
    public static IReadOnlyList<Listening> Of(IConfiguration configuration)
    {
        var named = configuration.GetSection("Kestrel:Endpoints").GetChildren()
            .Select(x => (Setting: $"{x.Path}:Url", Url: x["Url"])).Where(x => x.Url is { Length: > 0 }).ToArray();
        if (named.Length == 0)
        {
            named =
            [
                .. Each("urls", configuration["urls"], x => x),
                .. Each("http_ports", configuration["http_ports"], x => $"http://*:{x}"),
                .. Each("https_ports", configuration["https_ports"], x => $"https://*:{x}"),
            ];
        }

        if (named.Length == 0) named = [("the default", DefaultUrl)];
        return [.. named.Select(x => Read(x.Setting, x.Url ?? "")).OfType<Listening>()];
    }

    /// <summary>Returns an address at which this machine reaches the server.</summary>
    public string ToUrl()
    {
        if (Address is not { } at) return Text;
        var host = at.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : at.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : at.Address;
        return $"{(IsSecure ? "https" : "http")}://{new IPEndPoint(host, at.Port)}";
    }

    private static IEnumerable<(string Setting, string? Url)> Each(string setting, string? list, Func<string, string> toUrl) =>
        from one in list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? []
        select (setting, (string?)toUrl(one));

    private static Listening? Read(string setting, string url)
    {
        try
        {
            var parsed = BindingAddress.Parse(url);
            var isSecure = parsed.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase);
            if (parsed.IsUnixPipe) return new Listening(setting, url, null, isSecure);
            var host = parsed.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
                : IPAddress.TryParse(parsed.Host, out var address) ? address
                : IPAddress.Any;
            return new Listening(setting, url, new IPEndPoint(host, parsed.Port), isSecure);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return null;        // HostSettings says so
        }
    }
}
