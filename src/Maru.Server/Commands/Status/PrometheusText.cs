using System.Globalization;
using System.Text;
using Maru.Server.Platform.Telemetry;

namespace Maru.Server.Commands.Status;

/// <summary>
/// Metrics as a server writes them for Prometheus, version 0.0.4 of the text format:
/// <c>name{label="value",…} number [timestamp]</c> a line; lines with <c>#</c> are comments. Lines that are none are left out.
/// </summary>
internal sealed class PrometheusText
{
    private readonly ILookup<string, PrometheusSample> _samples;

    private PrometheusText(IEnumerable<PrometheusSample> samples) => _samples = samples.ToLookup(x => x.Name, StringComparer.Ordinal);

    public static PrometheusText Parse(string text) => new(text.Split('\n').Select(ParseLine).OfType<PrometheusSample>());

    /// <summary>Returns the sum over all labels; null: there is no such series.</summary>
    public double? Sum(string name) => _samples[name].Any() ? _samples[name].Sum(x => x.Value) : null;

    /// <summary>Returns the least of the series of that name; null: there is none.</summary>
    public double? Least(string name) => _samples[name].Min(x => (double?)x.Value);

    /// <summary>Returns a label of the first series of that name; null: there is none.</summary>
    public string? Label(string name, string label) => _samples[name].FirstOrDefault()?.Labels.GetValueOrDefault(label);

    /// <summary>Returns a histogram, over all its labels.</summary>
    public Histogram Histogram(string name) => new(
    [
        .. from sample in _samples[$"{name}_bucket"]
           let bound = sample.Labels.GetValueOrDefault("le") is { } le && TryNumber(le, out var number) ? number : double.NaN
           where !double.IsNaN(bound)
           group sample.Value by bound into bucket
           orderby bucket.Key
           select (bucket.Key, bucket.Sum()),
    ]);

    private static PrometheusSample? ParseLine(string line)
    {
        line = line.Trim();
        var end = line.IndexOfAny(['{', ' ', '\t']);
        if (end <= 0 || line[0] == '#') return null;
        Dictionary<string, string> labels = [];
        var at = end;
        if (line[end] == '{' && !TryLabels(line, ref at, labels)) return null;
        var value = line[at..].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return TryNumber(value, out var number) ? new PrometheusSample(line[..end], labels, number) : null;
    }

    /// <param name="at">of the brace; then behind the one that closes it</param>
    private static bool TryLabels(string line, ref int at, Dictionary<string, string> labels)
    {
        at++;
        while (at < line.Length && line[at] != '}')
        {
            var equals = line.IndexOf('=', at);
            if (equals < 0 || equals + 1 >= line.Length || line[equals + 1] != '"') return false;
            var name = line[at..equals].Trim(' ', ',');
            at = equals + 2;
            if (!TryQuoted(line, ref at, out var value)) return false;
            labels[name] = value;
            while (at < line.Length && line[at] is ',' or ' ') at++;
        }

        return at++ < line.Length;
    }

    /// <summary>Within quotes a backslash stands before a quote, a backslash and the n of a line break.</summary>
    private static bool TryQuoted(string line, ref int at, out string value)
    {
        var text = new StringBuilder();
        for (; at < line.Length && line[at] != '"'; at++)
        {
            if (line[at] == '\\' && ++at < line.Length) text.Append(line[at] == 'n' ? '\n' : line[at]);
            else if (at < line.Length) text.Append(line[at]);
        }

        value = text.ToString();
        return at++ < line.Length;
    }

    private static bool TryNumber(string? text, out double number)
    {
        number = text switch
        {
            "+Inf" or "Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) ? parsed : double.NaN,
        };
        return !double.IsNaN(number) || text == "NaN";
    }
}

/// <param name="Name">of the series</param>
/// <param name="Labels">its labels</param>
/// <param name="Value">its number</param>
internal sealed record PrometheusSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);
