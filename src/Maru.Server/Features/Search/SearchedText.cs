namespace Maru.Server.Features.Search;

/// <summary>A text in which terms are looked for: a message's own, or the name of one of its files. One thread at a time.</summary>
internal sealed class SearchedText(string text)
{
    private const int MostPlaces = 50;

    private readonly FoldedText _text = FoldedText.Of(text);
    private string? _initials;

    /// <summary>Where it has what was marked, in UTF-16 code units of the text as it was typed.</summary>
    public List<(int Start, int Length)> Places { get; } = [];

    public bool Has(SearchTerm term) => term.TryFind(_text, ref _initials, 0, out _);

    /// <summary>Keeps where it has the term; returns whether it has it.</summary>
    public bool Mark(SearchTerm term)
    {
        var isThere = false;
        for (var from = 0; term.TryFind(_text, ref _initials, from, out var at); from = at + term.Text.Length)
        {
            isThere = true;
            if (Places.Count == MostPlaces) break;
            Places.Add(_text.Place(at, term.Text.Length));
        }

        return isThere;
    }
}
