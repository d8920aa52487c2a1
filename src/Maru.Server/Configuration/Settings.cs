using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Maru.Server.Configuration;

/// <summary>Reads the settings, once, and refuses unknown names and values out of range before anything starts.</summary>
internal static class Settings
{
    private const string Section = "Maru";

    // The framework's RangeAttribute, which all servers of a process share, is not made for several threads at its first use.
    private static readonly Lock Validation = new();

    /// <typeparam name="TOptions">the settings of the section <c>Maru</c>, in groups</typeparam>
    /// <exception cref="StartException">One of them is unknown or out of range.</exception>
    public static TOptions Read<TOptions>(IConfiguration configuration)
        where TOptions : class, new()
    {
        // A mistyped name would leave the default in force, and nobody would know.
        if (FindUnknown<TOptions>(configuration).FirstOrDefault() is { } fault) throw new StartException(fault);
        return ReadKnown<TOptions>(configuration);
    }

    /// <summary>Returns a sentence or two for each unknown name, with the known one that it may stand for.</summary>
    public static IEnumerable<string> FindUnknown<TOptions>(IConfiguration configuration)
        where TOptions : class, new()
    {
        var options = new TOptions();
        return Unknown(configuration.GetSection(Section), options, [.. Names(Section, options)]);
    }

    /// <summary>As <see cref="Read"/>, and does not look at unknown names.</summary>
    /// <exception cref="StartException">A setting is out of range.</exception>
    public static TOptions ReadKnown<TOptions>(IConfiguration configuration)
        where TOptions : class, new()
    {
        var options = new TOptions();
        try
        {
            configuration.GetSection(Section).Bind(options);
        }
        catch (InvalidOperationException e)
        {
            throw new StartException($"A setting cannot be read. {Line(e)}", e);
        }

        Validate(options, Section);
        return options;
    }

    /// <summary>Returns the framework's message with its cause, in one line.</summary>
    public static string Line(Exception e) => $"{e.Message} {e.InnerException?.Message}".TrimEnd().ReplaceLineEndings(" ");

    /// <summary>Makes each group of settings (<c>Jwt</c>, <c>Limits</c> …) available by its own type.</summary>
    public static void AddSettings(this IServiceCollection services, object options)
    {
        foreach (var group in Groups(options)) services.AddSingleton(group.Value.GetType(), group.Value);
    }

    private static IEnumerable<string> Unknown(IConfigurationSection section, object options, string[] known)
    {
        foreach (var setting in section.GetChildren())
        {
            var property = options.GetType()
                .GetProperty(setting.Key, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
            if (property is null)
            {
                var meant = Spelling.Nearest(setting.Path, known) is { } name ? $" Did you mean {name}?" : "";
                yield return $"There is no setting {setting.Path}.{meant}";
                continue;
            }

            var group = property.GetValue(options) is { } value && IsGroup(property) ? Unknown(setting, value, known) : [];
            if (EntryOf(property) is { } entry)
                group = setting.GetChildren().SelectMany(x => Unknown(x, Activator.CreateInstance(entry) ?? options, known));
            foreach (var fault in group) yield return fault;
        }
    }

    /// <summary>Returns the names of all settings and groups, as paths.</summary>
    private static IEnumerable<string> Names(string path, object options) =>
        from property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        let name = $"{path}:{property.Name}"
        from each in property.GetValue(options) is { } value && IsGroup(property) ? Names(name, value).Prepend(name) : [name]
        select each;

    private static void Validate(object options, string path)
    {
        var faults = new List<ValidationResult>();
        lock (Validation) Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
        if (faults.Count > 0)
            throw new StartException($"A setting in {path} is not valid. {string.Join(' ', faults.Select(fault => fault.ErrorMessage))}");
        foreach (var group in Groups(options).Concat(Entries(options))) Validate(group.Value, $"{path}:{group.Key}");
    }

    private static IEnumerable<KeyValuePair<string, object>> Groups(object options) =>
        from property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where IsGroup(property)
        let value = property.GetValue(options)
        where value is not null
        select KeyValuePair.Create(property.Name, value);

    /// <summary>Groups of one kind, by names that the operator gives them: <c>Issuers:site</c>.</summary>
    private static IEnumerable<KeyValuePair<string, object>> Entries(object options) =>
        from property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        let entries = property.GetValue(options) as IDictionary
        where entries is not null
        from object name in entries.Keys
        let entry = entries[name]
        where entry is not null
        select KeyValuePair.Create($"{property.Name}:{name}", entry);

    private static Type? EntryOf(PropertyInfo property) =>
        property.PropertyType.IsAssignableTo(typeof(IDictionary)) ? property.PropertyType.GetGenericArguments()[^1] : null;

    private static bool IsGroup(PropertyInfo property) =>
        property.PropertyType.IsClass && property.PropertyType != typeof(string)
            && !property.PropertyType.IsAssignableTo(typeof(IEnumerable));
}
