using System.Diagnostics.CodeAnalysis;

namespace Maru.Server.Platform.Api;

/// <summary>An example of a contract, for the API document.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ExampleAttribute([StringSyntax(StringSyntaxAttribute.Json)] string json) : Attribute
{
    public string Json => json;
}
