namespace Maru.Engine.Log;

/// <summary>
/// The limits of a log's pages. All cursors step on the same limits, wherever they began, so that a page is read and encoded once for all
/// of them.
/// </summary>
public static class LogPages
{
    /// <summary>Entries in a full page.</summary>
    public const int Entries = 256;

    /// <summary>Returns the last seq of the page that holds the entry behind <paramref name="after"/>.</summary>
    public static long Last(long after) => (after / Entries * Entries) + Entries;
}
