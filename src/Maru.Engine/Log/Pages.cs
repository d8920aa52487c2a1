namespace Maru.Engine.Log;

/// <summary>
/// Where pages of a log end. All cursors step on the same marks, wherever they began, so that a page is read and encoded once for all of
/// them.
/// </summary>
public static class Pages
{
    /// <summary>Entries of a whole page.</summary>
    public const int Entries = 256;

    /// <summary>The last seq of the page behind <paramref name="after"/>.</summary>
    public static long Last(long after) => (after / Entries * Entries) + Entries;
}
