using Maru.Server.Configuration;

namespace Maru.Server.Commands;

/// <summary>
/// The arguments that commands leave for the configuration: <c>--Key=value</c> or <c>--Key value</c>. The framework accepts any key; a
/// mistyped one would leave a default in force, and nobody would know. <see cref="Settings"/> checks names within the section Maru.
/// </summary>
internal static class ConfigurationArguments
{
    private static readonly string[] Keys =
        ["urls", "http_ports", "https_ports", "environment", "AllowedHosts", "shutdownTimeoutSeconds", HostSettings.WebRoot];

    private static readonly string[] Sections = ["Maru:", "Logging:", "Kestrel:", "hostBuilder:"];

    /// <summary>What a command sets before its arguments: standard output has its answer alone, and the log only what is wrong.</summary>
    public static readonly string[] OfCommands =
        ["--Logging:LogLevel:Default=Warning", "--Logging:Console:LogToStandardErrorThreshold=Trace"];

    /// <param name="command">the command whose help says more</param>
    /// <exception cref="StartException">One of them is no setting.</exception>
    public static void Check(string command, IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal))
                throw new StartException(
                    $"There is no {(argument.StartsWith('-') ? "option" : "command")} '{argument}'. See: {command} --help");
            var key = argument[2..].Split('=')[0];
            if (!IsKnown(key)) throw new StartException($"There is no option --{key}.{Hint(key)} See: {command} --help");
            if (argument.Contains('=')) continue;
            if (++i == arguments.Count || arguments[i].StartsWith("--", StringComparison.Ordinal))
                throw new StartException($"--{key} needs a value: --{key}=…");
        }
    }

    private static bool IsKnown(string key) =>
        Keys.Contains(key, StringComparer.OrdinalIgnoreCase)
            || Sections.Any(section => key.Length > section.Length && key.StartsWith(section, StringComparison.OrdinalIgnoreCase));

    private static string Hint(string key) =>
        Array.Find(Keys, known => key.Length > 2 && known.StartsWith(key, StringComparison.OrdinalIgnoreCase)) is { } known
            ? $" Did you mean --{known}?"
            : "";
}
