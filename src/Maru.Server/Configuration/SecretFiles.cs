using Maru.Server.Files;

namespace Maru.Server.Configuration;

/// <summary>
/// Settings in files, one each, named as in the environment: so containers are given their secrets, which an environment would show to
/// whoever may look at the container.
/// </summary>
internal static class SecretFiles
{
    private const string Setting = "Maru:Secrets";

    /// <summary>Adds the settings in the folder of <c>Maru:Secrets</c>, where it names one.</summary>
    /// <exception cref="StartException">The folder or one of its files cannot be read.</exception>
    public static void AddTo(IConfigurationManager configuration)
    {
        if (configuration[Setting] is not { Length: > 0 } folder) return;
        try
        {
            var settings = Directory.GetFiles(folder, "Maru__*").Select(file => KeyValuePair.Create(
                Path.GetFileName(file).Replace("__", ":", StringComparison.Ordinal), (string?)GivenFile.Read(file).TrimEnd('\r', '\n')));
            configuration.AddInMemoryCollection(settings.ToArray());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{Setting} is {folder}, which cannot be read. {e.Message}", e);
        }
    }
}
