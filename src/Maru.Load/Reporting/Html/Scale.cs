using System.Globalization;

namespace Maru.Load.Reporting.Html;

/// <summary>Round numbers for an axis.</summary>
internal static class Scale
{
    /// <summary>
    /// Multiples of 1, 2 or 5 powers of ten from at or below <paramref name="low"/> to at or above <paramref name="high"/>, about so many.
    /// </summary>
    public static IReadOnlyList<double> Round(double low, double high, int count)
    {
        var raw = (high - low) / count;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = (raw / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 } * power;
        var marks = new List<double>();
        for (var i = Math.Floor((low / step) + 1e-9); marks.Count == 0 || marks[^1] < high - (step * 1e-9); i++) marks.Add(i * step);
        return marks;
    }

    /// <summary>Writes 1200 as 1.2k, 4000000 as 4M.</summary>
    public static string Short(double value)
    {
        var (scaled, suffix) = Math.Abs(value) switch
        {
            >= 1e9 => (value / 1e9, "G"),
            >= 1e6 => (value / 1e6, "M"),
            >= 1e3 => (value / 1e3, "k"),
            _ => (value, ""),
        };
        return scaled.ToString("0.###", CultureInfo.InvariantCulture) + suffix;
    }
}
