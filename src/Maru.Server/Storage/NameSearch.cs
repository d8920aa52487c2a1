using Maru.Server.Platform.Text;

namespace Maru.Server.Storage;

/// <summary>
/// A search for names that contain a text, in the order of a list, at a cost that does not grow with the store. The tables
/// <c>user_parts</c> and <c>room_parts</c> have the parts of each name, so the names with a text are one range of them. What few names
/// contain is read whole and sorted. For what many contain, the index of the list's order is walked, <see cref="Walk"/> rows a page at
/// most: such a page may be short, even empty, and still have a next one. docs/adr/0014 says why.
/// </summary>
/// <param name="Text">as <see cref="TextPolicy.NameKey"/> makes it; empty finds all</param>
internal sealed record NameSearch(string Text)
{
    /// <summary>Parts found that are still few.</summary>
    public const int Few = 500;

    /// <summary>Rows of a list that one page looks at, where many match.</summary>
    public const int Walk = 1000;

    /// <summary>Characters (code points) of a part, as the migration makes them.</summary>
    private const int PartLength = 16;

    public bool FindsAll => Text.Length == 0;

    /// <summary>The beginning of the range of parts: the end of a long text, which is where names that are alike differ.</summary>
    public string From { get; } = string.Concat(Text.EnumerateRunes().TakeLast(PartLength));

    /// <summary>Behind the range of parts.</summary>
    public string To => From + "\U0010FFFF";

    /// <summary>Behind all texts that begin with the text.</summary>
    public string TextEnd => Text + "\U0010FFFF";

    /// <summary>The text for <c>LIKE … ESCAPE '!'</c>.</summary>
    public string Pattern { get; } = $"%{Text.Replace("!", "!!").Replace("%", "!%").Replace("_", "!_")}%";
}
