using System.Globalization;

namespace Maru.Server.Features.Files;

/// <summary>The keys of a file's contents in the store.</summary>
internal static class FileKeys
{
    public const string Original = "original";
    public const string Small = "small";
    public const string Large = "large";

    public static string Of(long id, string variant) => string.Create(CultureInfo.InvariantCulture, $"files/{id}/{variant}");

    public static IEnumerable<string> All(long id) => [Of(id, Original), Of(id, Small), Of(id, Large)];
}
