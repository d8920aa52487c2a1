namespace Maru.Server.Platform;

/// <summary>How many items a page has, the same for every list.</summary>
internal static class Paging
{
    private const int DefaultItems = 50;

    /// <param name="limit">as asked for; null: as usual</param>
    public static int Size(int? limit, LimitOptions limits, FieldErrors errors)
    {
        if (limit < 1 || limit > limits.PageItems) errors.Add("limit", $"1 to {limits.PageItems}.");
        return limit ?? Math.Min(DefaultItems, limits.PageItems);
    }
}
