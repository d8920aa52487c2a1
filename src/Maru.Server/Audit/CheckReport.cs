namespace Maru.Server.Audit;

/// <summary>What a check found in all rooms so far. One writer.</summary>
internal sealed class CheckReport(string name)
{
    private const int Shown = 10;

    private readonly List<string> _first = [];

    public string Name => name;

    /// <summary>Rows that were recounted.</summary>
    public long Rows { get; private set; }

    public long Drift { get; private set; }

    /// <summary>The drift that is left: all of it, unless it was mended.</summary>
    public long Left { get; set; }

    public TimeSpan Time { get; set; }

    /// <summary>The first drifts, for people.</summary>
    public IReadOnlyList<string> First => _first;

    public void Add(Look look)
    {
        Rows += look.Rows;
        Drift += look.Drift.Count;
        _first.AddRange(look.Drift.Take(Shown - _first.Count).Select(x => x.Text));
    }
}
