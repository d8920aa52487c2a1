namespace Maru.Server.Platform.Api;

/// <summary>Marks a text of a contract that has few values; the API document shows them as one schema with this name.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal class ValuesAttribute(string schema, params string[] values) : Attribute
{
    public string Schema => schema;

    public IReadOnlyList<string> Values => values;
}
