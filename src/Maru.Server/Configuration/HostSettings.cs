using System.Globalization;
using System.Net;
using Maru.Server.Files;
using Microsoft.Extensions.Logging.Console;

namespace Maru.Server.Configuration;

/// <summary>
/// Checks the framework's own settings: where to listen, with which certificates, what to log. The framework ignores some that it cannot
/// read, and fails on others without their names; here both end the start with a line that names them.
/// </summary>
internal static partial class HostSettings
{
    /// <summary>The folder of the web client, if it is another one than that beside the program.</summary>
    public const string WebRoot = "webroot";

    /// <summary>The form of the log's lines where no other is named: the Elastic Common Schema.</summary>
    public const string LogFormat = "ecs";

    private const string KeyPath = ":KeyPath";

    private static readonly string[] Formatters =
        [LogFormat, ConsoleFormatterNames.Json, ConsoleFormatterNames.Simple, ConsoleFormatterNames.Systemd];

    /// <summary>
    /// Refuses values that cannot be read, and makes the paths of certificates absolute: from the current folder, as all others.
    /// </summary>
    /// <exception cref="StartException">One of them cannot be read.</exception>
    public static void Check(IConfigurationManager configuration)
    {
        CheckAddresses("urls", configuration["urls"]);
        foreach (var endpoint in configuration.GetSection("Kestrel:Endpoints").GetChildren())
            CheckAddresses($"{endpoint.Path}:Url", endpoint["Url"]);
        foreach (var key in (string[])["http_ports", "https_ports"]) CheckPorts(key, configuration[key]);
        CheckSeconds("shutdownTimeoutSeconds", configuration["shutdownTimeoutSeconds"]);
        if (configuration[WebRoot] is { Length: > 0 } folder && !Directory.Exists(folder))
            throw new StartException($"{WebRoot} has {folder}, which is no folder.");
        CheckLogs(configuration.GetSection("Logging"));
        FindCertificates(configuration);
    }

    /// <summary>Warns of keys of certificates that others can read: they are the operator's, and often another program's too.</summary>
    public static void WarnOfOpenKeys(IConfiguration configuration, ILogger log)
    {
        foreach (var (key, path) in configuration.GetSection("Kestrel").AsEnumerable())
        {
            if (key.EndsWith(KeyPath, StringComparison.OrdinalIgnoreCase) && File.Exists(path) && OwnFile.IsOpen(path))
                Log.Open(log, key, path);
        }
    }

    private static void CheckAddresses(string key, string? addresses)
    {
        foreach (var address in Split(addresses))
        {
            if (FaultOf(address) is { } fault) throw new StartException($"{key} has {address}, {fault}");
        }
    }

    private static string? FaultOf(string address)
    {
        try
        {
            var parsed = BindingAddress.Parse(address);
            if (parsed.Port is < 0 or > ushort.MaxValue) return $"whose port is none (0 to {ushort.MaxValue}).";
            if (parsed.Scheme.ToUpperInvariant() is not ("HTTP" or "HTTPS")) return "which begins with neither http:// nor https://.";
            if (parsed.PathBase.Length > 0) return "which has a path: take it away, and name it in Maru:Http:BasePath.";
            return parsed.IsUnixPipe || IsHost(parsed.Host)
                ? null
                : "whose host is no IP address: use 127.0.0.1, [::1], localhost, or * for every address of this machine.";
        }
        catch (FormatException)
        {
            return "which is no address to listen on (http://127.0.0.1:8080).";
        }
    }

    /// <summary>Returns false for other names: the framework would listen on every address of the machine.</summary>
    private static bool IsHost(string host) =>
        host is "*" or "+" || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host, out _);

    private static void CheckPorts(string key, string? ports)
    {
        foreach (var port in Split(ports))
        {
            if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                throw new StartException($"{key} has {port}, which is no port (0 to {ushort.MaxValue}).");
        }
    }

    private static void CheckSeconds(string key, string? value)
    {
        if (!string.IsNullOrEmpty(value) && !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            throw new StartException($"{key} is {value}, which is no whole number of seconds.");
    }

    private static void CheckLogs(IConfigurationSection logging)
    {
        var formatter = logging["Console:FormatterName"];
        if (formatter is not null && !Formatters.Contains(formatter, StringComparer.OrdinalIgnoreCase))
            throw new StartException(
                $"{logging.Path}:Console:FormatterName is {formatter}, which is none of {string.Join(", ", Formatters)}.");
        foreach (var provider in logging.GetChildren().Append(logging))
        {
            foreach (var level in provider.GetSection("LogLevel").GetChildren())
            {
                if (level.Value is { Length: > 0 } value && !IsLevel(value))
                    throw new StartException($"{level.Path} is {value}, which is none of {string.Join(", ", Enum.GetNames<LogLevel>())}.");
            }
        }
    }

    /// <summary>Makes the paths of certificates absolute: the framework would look for them beside the program.</summary>
    private static void FindCertificates(IConfigurationManager configuration)
    {
        var paths = configuration.GetSection("Kestrel").AsEnumerable()
            .Where(setting => !string.IsNullOrEmpty(setting.Value) && IsPath(setting.Key))
            .Select(setting => KeyValuePair.Create(setting.Key, (string?)Path.GetFullPath(setting.Value!)))
            .ToArray();
        foreach (var (key, path) in paths)
        {
            if (!Path.Exists(path)) throw new StartException($"{key} is {path}, and there is no such file.");
            try
            {
                GivenFile.Check(path);
            }
            catch (IOException e)
            {
                throw new StartException($"{key}: {e.Message}", e);
            }
        }

        configuration.AddInMemoryCollection(paths);
    }

    private static bool IsLevel(string text) => Enum.TryParse<LogLevel>(text, ignoreCase: true, out var level) && Enum.IsDefined(level);

    private static bool IsPath(string key) =>
        key.EndsWith(":Path", StringComparison.OrdinalIgnoreCase) || key.EndsWith(KeyPath, StringComparison.OrdinalIgnoreCase);

    private static string[] Split(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Setting} is {Path}, which others can read: run chmod 600 there")]
        public static partial void Open(ILogger log, string setting, string path);
    }
}
