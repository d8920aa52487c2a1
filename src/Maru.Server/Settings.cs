using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Maru.Server;

/// <summary>The program cannot start as it is set up. The message is one line that says what to do; the exit code is 2.</summary>
internal sealed class StartException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>Reads the settings, once, and refuses what is unknown or out of range before anything starts.</summary>
internal static class Settings
{
    private const string Section = "Maru";

    public static MaruOptions Read(IConfiguration configuration)
    {
        var options = new MaruOptions();
        var section = configuration.GetSection(Section);
        RefuseUnknown(section, options);
        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException e)
        {
            throw new StartException($"A setting cannot be read. {Line(e)}", e);
        }

        Validate(options, Section);
        if (!options.RateLimits.Enabled) options.Engine.MessagesPerSecond = 0;
        return options;
    }

    /// <summary>What the framework says, and why, in one line.</summary>
    public static string Line(Exception e) => $"{e.Message} {e.InnerException?.Message}".TrimEnd().ReplaceLineEndings(" ");

    /// <summary>Makes each group of settings (<see cref="MaruOptions.Jwt"/> …) available by its own type.</summary>
    public static void AddTo(this MaruOptions options, IServiceCollection services)
    {
        services.AddSingleton(options);
        foreach (var group in Groups(options)) services.AddSingleton(group.Value.GetType(), group.Value);
    }

    /// <summary>A slip in a name would leave the default in force, and nobody would know.</summary>
    private static void RefuseUnknown(IConfigurationSection section, object options)
    {
        foreach (var setting in section.GetChildren())
        {
            var property = options.GetType().GetProperty(setting.Key, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase)
                ?? throw new StartException($"There is no setting {setting.Path}.");
            if (property.GetValue(options) is { } group && IsGroup(property)) RefuseUnknown(setting, group);
        }
    }

    private static void Validate(object options, string path)
    {
        var faults = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true))
            throw new StartException($"A setting in {path} is not valid. {string.Join(' ', faults.Select(fault => fault.ErrorMessage))}");
        foreach (var group in Groups(options)) Validate(group.Value, $"{path}:{group.Key}");
    }

    private static IEnumerable<KeyValuePair<string, object>> Groups(object options) =>
        from property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where IsGroup(property)
        let value = property.GetValue(options)
        where value is not null
        select KeyValuePair.Create(property.Name, value);

    private static bool IsGroup(PropertyInfo property) =>
        property.PropertyType.IsClass && property.PropertyType != typeof(string) && !property.PropertyType.IsAssignableTo(typeof(IEnumerable));
}
