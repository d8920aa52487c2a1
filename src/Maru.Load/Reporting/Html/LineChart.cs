using System.Globalization;
using System.Net;
using System.Text;

namespace Maru.Load.Reporting.Html;

/// <summary>One line of a chart; points are (x, y) in the data's units.</summary>
internal sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>An axis' position for a label.</summary>
internal sealed record Mark(double At, string Label);

/// <summary>
/// A line chart as inline SVG: no script, no outside resource. Colours come from the page's style, so it follows light and dark.
/// </summary>
/// <param name="Title">the title</param>
/// <param name="Unit">of y</param>
/// <param name="XUnit">of x, for the tips</param>
internal sealed record LineChart(string Title, string Unit, string XUnit, IReadOnlyList<Series> Lines)
{
    private const double Width = 640, Height = 230, Left = 62, Right = 26, Top = 12, Bottom = 30;

    /// <summary>Labels of the x axis; round numbers when null.</summary>
    public IReadOnlyList<Mark>? XMarks { get; init; }

    /// <summary>The range of x to shade, which was measured.</summary>
    public (double From, double Until)? Shade { get; init; }

    /// <summary>Times to mark, each with its event.</summary>
    public IReadOnlyList<Mark> Events { get; init; } = [];

    public string ToHtml()
    {
        var points = Lines.SelectMany(line => line.Points).ToArray();
        if (points.Length == 0) return "";
        var (x0, x1) = (points.Min(p => p.X), Math.Max(points.Max(p => p.X), points.Min(p => p.X) + 1e-9));
        var yMarks = Scale.Round(0, Math.Max(points.Max(p => p.Y), 1e-3), 5);
        var top = yMarks[^1];
        double X(double x) => Left + ((x - x0) / (x1 - x0) * (Width - Left - Right));
        double Y(double y) => Height - Bottom - (y / top * (Height - Top - Bottom));

        var html = new StringBuilder();
        Put(html, $"<figure><figcaption>{Encode(Title)} <small>{Encode(Unit)}</small>{Legend()}</figcaption>");
        Put(html, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Encode(Title)}\">");
        if (Shade is { } shade)
        {
            var (from, until) = (Math.Clamp(X(shade.From), Left, Width - Right), Math.Clamp(X(shade.Until), Left, Width - Right));
            Put(html, $"<rect class=\"shade\" x=\"{from:0.#}\" y=\"{Top}\" width=\"{until - from:0.#}\" ");
            Put(html, $"height=\"{Height - Top - Bottom}\"><title>measured</title></rect>");
        }

        foreach (var y in yMarks)
        {
            Put(html, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(y):0.#}\" y2=\"{Y(y):0.#}\"/>");
            Put(html, $"<text x=\"{Left - 6}\" y=\"{Y(y) + 4:0.#}\" class=\"y\">{Scale.Short(y)}</text>");
        }

        foreach (var mark in XMarks ?? [.. Scale.Round(x0, x1, 8).Where(x => x >= x0 && x <= x1).Select(x => new Mark(x, Scale.Short(x)))])
            Put(html, $"<text x=\"{X(mark.At):0.#}\" y=\"{Height - 8}\" class=\"x\">{Encode(mark.Label)}</text>");
        foreach (var e in Events.Where(e => e.At >= x0 && e.At <= x1))
        {
            Put(html, $"<line class=\"event\" x1=\"{X(e.At):0.#}\" x2=\"{X(e.At):0.#}\" y1=\"{Top}\" y2=\"{Height - Bottom}\">");
            Put(html, $"<title>{Encode(e.Label)} at {Tip(e.At)}</title></line>");
        }

        foreach (var (i, line) in Lines.Index())
        {
            var path = line.Points.Select(point => Text($"{X(point.X):0.#},{Y(point.Y):0.#}"));
            Put(html, $"<polyline class=\"c{i}\" points=\"{string.Join(' ', path)}\"/>");
            foreach (var (x, y) in line.Points)
            {
                Put(html, $"<circle class=\"c{i}\" cx=\"{X(x):0.#}\" cy=\"{Y(y):0.#}\" r=\"5\">");
                Put(html, $"<title>{Encode(line.Name)}: {y:#,0.###} {Encode(Unit)} at {Tip(x)}</title></circle>");
            }
        }

        Put(html, $"</svg></figure>\n");
        return html.ToString();
    }

    private string Legend()
    {
        if (Lines.Count < 2) return "";
        var names = Lines.Index().Select(line => $"<span class=\"c{line.Index}\">{Encode(line.Item.Name)}</span>");
        return $"<span class=\"legend\">{string.Concat(names)}</span>";
    }

    private string Tip(double x) => XMarks?.FirstOrDefault(mark => Math.Abs(mark.At - x) < 1e-9)?.Label ?? Text($"{x:0.#} {XUnit}");

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Put(StringBuilder html, FormattableString text) => html.Append(Text(text));
}
