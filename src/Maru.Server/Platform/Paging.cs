using System.Globalization;
using Microsoft.OpenApi;

namespace Maru.Server.Platform;

/// <summary>How many items a page has, the same for every list.</summary>
internal static class Paging
{
    public const string Limit = "limit";

    /// <param name="limit">as asked for, whatever it is; null: as usual</param>
    public static int Size(string? limit, LimitOptions limits, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(limit)) return Default(limits);
        if (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size < 1 || size > limits.PageItems) errors.Add(Limit, $"1 to {limits.PageItems}.");
        return size;
    }

    /// <summary>For the API document: the handlers take it as text, so that a bad one is answered like any other bad field.</summary>
    public static OpenApiSchema Schema(LimitOptions limits) =>
        new() { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1", Maximum = limits.PageItems.ToString(CultureInfo.InvariantCulture), Default = Default(limits) };

    private static int Default(LimitOptions limits) => Math.Min(50, limits.PageItems);
}
