using System.Data.Common;
using Maru.Server.Files;
using Maru.Server.Storage.Sqlite;
using Microsoft.Extensions.Configuration.Json;

namespace Maru.Server.Commands.Doctor;

/// <summary>Files with secrets that others of this machine can read.</summary>
internal static class SecretsCheck
{
    private const UnixFileMode Everybody = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static readonly string[] Secret = [":Password", ":SecretKey", ":Secret", ":Slack"];

    public static Task<IReadOnlyList<Finding>> LookAsync(Patient patient, CancellationToken ct)
    {
        var files = OwnFiles(patient.Options).Concat(Given(patient)).Where(File.Exists).Distinct().ToArray();
        Finding[] found =
        [
            .. from file in files
               where IsLoose(file)
               select Finding.Problem("secrets", $"others can read {file} (mode {Mode(file)})", $"Run: chmod 600 {file}"),
        ];
        return Task.FromResult<IReadOnlyList<Finding>>(
            found.Length > 0 ? found : [Finding.Ok("secrets", $"files that others must not read: {files.Length}, and none can be")]);
    }

    /// <summary>Keys of tokens, and the store.</summary>
    private static IEnumerable<string> OwnFiles(MaruOptions options)
    {
        var keys = Path.GetFullPath(Path.Combine(options.Data, "keys"));
        var files = Directory.Exists(keys) ? Directory.EnumerateFiles(keys, "*", SearchOption.AllDirectories) : [];
        if (options.Storage.IsShared) return files;
        var store = SqliteFile.PathOf(options.Database);
        return [.. files, store, $"{store}-wal", $"{store}-shm"];
    }

    /// <summary>Files of settings that have a secret, secrets in files of their own, and keys of certificates.</summary>
    private static IEnumerable<string> Given(Patient patient)
    {
        foreach (var provider in patient.Configuration.Providers.OfType<JsonConfigurationProvider>())
        {
            var path = provider.Source.Path is { } name ? provider.Source.FileProvider?.GetFileInfo(name).PhysicalPath : null;
            if (path is not null && Keys(provider, "Maru").Any(key => provider.TryGet(key, out var value) && IsSecret(key, value)))
                yield return path;
        }

        if (patient.Options.Secrets is { Length: > 0 } folder && Directory.Exists(folder))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "Maru__*")) yield return Path.GetFullPath(file);
        }

        foreach (var (key, value) in patient.Configuration.GetSection("Kestrel").AsEnumerable())
        {
            if (key.EndsWith(":KeyPath", StringComparison.OrdinalIgnoreCase) && value is { Length: > 0 })
                yield return Path.GetFullPath(value);
        }
    }

    private static IEnumerable<string> Keys(IConfigurationProvider provider, string path) =>
        provider.GetChildKeys([], path).Distinct().SelectMany(key => Keys(provider, $"{path}:{key}").Prepend($"{path}:{key}"));

    private static bool IsSecret(string key, string? value)
    {
        if (string.IsNullOrEmpty(value)) return false;
        if (!key.Equals("Maru:Database", StringComparison.OrdinalIgnoreCase))
            return Secret.Any(end => key.EndsWith(end, StringComparison.OrdinalIgnoreCase));
        try
        {
            return new DbConnectionStringBuilder { ConnectionString = value }.ContainsKey("Password");
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Of keys a group must have no right either; other secrets are given to a group by those who run containers.</summary>
    private static bool IsLoose(string file) => !OperatingSystem.IsWindows()
        && (file.Contains("/keys/", StringComparison.Ordinal) ? OwnFile.IsOpen(file) : (File.GetUnixFileMode(file) & Everybody) != 0);

    private static string Mode(string file) =>
        OperatingSystem.IsWindows() ? "" : Convert.ToString((int)File.GetUnixFileMode(file), 8).PadLeft(4, '0');
}
