using System.Net;
using Maru.Server.Configuration;
using Maru.Server.Features.Files.Stores;

namespace Maru.Server.Commands.Doctor;

/// <summary>Settings that are unknown, and those that are dangerous together.</summary>
internal static class SettingsCheck
{
    private const int FewIterations = 100_000;

    /// <summary>Returns the unknown settings, each with the known one that it may stand for.</summary>
    public static IReadOnlyList<Finding> Unknown(IConfiguration configuration)
    {
        Finding[] found = [.. Faults(configuration)];
        return found.Length > 0 ? found : [Finding.Ok("settings", "all are known")];
    }

    public static Task<IReadOnlyList<Finding>> LookAsync(Patient patient, CancellationToken ct)
    {
        Finding[] found = [.. Reach(patient), .. People(patient.Options), .. Store(patient.Options), .. Others(patient.Options)];
        return Task.FromResult<IReadOnlyList<Finding>>(
            found.Length > 0 ? found : [Finding.Ok("settings", "all are in range, and none is dangerous beside the others")]);
    }

    private static IEnumerable<Finding> Faults(IConfiguration configuration) =>
        from fault in Settings.FindUnknown<MaruOptions>(configuration)
        let end = fault.IndexOf(". ", StringComparison.Ordinal)
        let advice = end < 0 ? "" : $"{fault[(end + 2)..]} "
        select Finding.Problem(
            "settings", end < 0 ? fault.TrimEnd('.') : fault[..end],
            $"{advice}Correct the name or take it away: the server does not start with it.");

    /// <summary>Who can reach the server, and by what.</summary>
    private static IEnumerable<Finding> Reach(Patient patient)
    {
        var options = patient.Options;
        var isPublic = Listening.Of(patient.Configuration).Any(x => !x.IsSecure && !x.IsLocal);
        if (isPublic && options.Limits.Proxies.Length == 0)
        {
            yield return Finding.Warning(
                "settings",
                "other machines reach the server without TLS, and no proxy is known: passwords and tokens are readable on the way",
                "Give it a certificate (Kestrel:Certificates), or let it listen for a proxy with TLS alone and name that in "
                + "Maru:Limits:Proxies; without it all clients have the proxy's address, and share its limits.");
        }
        else if (options is { Http.BasePath.Length: > 0, Limits.Proxies.Length: 0 })
        {
            yield return Finding.Warning(
                "settings", "Maru:Http:BasePath is set, so a proxy stands before the server, and Maru:Limits:Proxies has none",
                "Name its address in Maru:Limits:Proxies: without it all clients have the proxy's address, and share its limits.");
        }

        if (options.StompTcp.Length > 0 && IPEndPoint.Parse(options.StompTcp) is var stomp && !IPAddress.IsLoopback(stomp.Address))
        {
            yield return Finding.Warning(
                "settings", $"Maru:StompTcp is {stomp}, which other machines reach, and it is never encrypted",
                "Let it listen on 127.0.0.1, or only in a network whose machines you trust.");
        }
    }

    /// <summary>Who may come in, and how often they may try.</summary>
    private static IEnumerable<Finding> People(MaruOptions options)
    {
        if (!options.RateLimits.Enabled)
        {
            var comes = (options.Signup.Open, options.Guests.Enabled) switch
            {
                (true, true) => "sign-up is open, guests come in",
                (true, false) => "sign-up is open",
                (false, true) => "guests come in",
                _ => "passwords can be tried",
            };
            var found = $"{comes}, and Maru:RateLimits:Enabled is false: nothing bounds how often";
            const string advice = "Set Maru:RateLimits:Enabled to true; false is for load tests alone.";
            yield return options.Signup.Open || options.Guests.Enabled
                ? Finding.Problem("settings", found, advice)
                : Finding.Warning("settings", found, advice);
        }

        if (options.Passwords.Iterations < FewIterations)
        {
            yield return Finding.Warning(
                "settings", $"Maru:Passwords:Iterations is {options.Passwords.Iterations}: stolen hashes are guessed soon",
                "Leave it at its default; hashes are renewed at the next sign-in.");
        }

        if (options.LinkPreviews is { Enabled: true, AllowedNetworks.Length: > 0 })
        {
            yield return Finding.Warning(
                "settings", "Maru:LinkPreviews:AllowedNetworks lets people's links make the server ask inner machines",
                "Empty it, unless each page of those networks is for everybody.");
        }
    }

    private static IEnumerable<Finding> Store(MaruOptions options)
    {
        if (!options.Storage.IsShared && options.Sqlite.Synchronous != "FULL")
        {
            yield return Finding.Warning(
                "settings", $"Maru:Sqlite:Synchronous is {options.Sqlite.Synchronous}: a power cut can take back what was acknowledged",
                "Set it to FULL.");
        }

        if (!options.Storage.IsShared && options.Redis.Length > 0)
        {
            yield return Finding.Warning(
                "settings", "Maru:Redis is set, and the store is SQLite: there are no other nodes, and it is not used",
                "Empty it, or move to PostgreSQL (maru migrate).");
        }
    }

    /// <summary>What goes to other machines, unencrypted.</summary>
    private static IEnumerable<Finding> Others(MaruOptions options)
    {
        var isRedisNear = options.Redis.Split(',').All(x => IsNear(x.Trim()));
        if (options.Storage.IsShared && options.Redis.Length > 0 && !isRedisNear && !options.Bus.Tls)
        {
            yield return Finding.Warning(
                "settings", "messages go to Redis on another machine without TLS",
                "Set Maru:Bus:Tls to true, unless the network between them is yours alone.");
        }

        if (options.Storage.IsShared && options.Redis.Length > 0 && !isRedisNear && options.Bus.Password.Length == 0)
        {
            yield return Finding.Warning(
                "settings", "Redis is on another machine, and Maru:Bus:Password is empty: whoever reaches it reads messages",
                "Set a password (requirepass), and Maru:Bus:Password as a file of Maru:Secrets.");
        }

        foreach (var (what, group, s3) in ((string, string, S3Connection)[])
            [("files", "Files", options.Files.S3), ("backups", "Backup", options.Backup.S3)])
        {
            if (!s3.Endpoint.StartsWith("http:", StringComparison.Ordinal) || IsNear(new Uri(s3.Endpoint).Authority)) continue;
            yield return Finding.Warning(
                "settings", $"{what} go to Maru:{group}:S3:Endpoint without TLS",
                "Use an address with https://, unless the network between them is yours alone.");
        }
    }

    /// <param name="server"><c>host:port</c></param>
    private static bool IsNear(string server)
    {
        var host = server.LastIndexOf(':') is >= 0 and var end ? server[..end].Trim('[', ']') : server;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }
}
