namespace Maru.Load.Measuring;

/// <summary>A histogram's figures, in milliseconds.</summary>
internal sealed record Percentiles(
    long Count, double Mean, double P50, double P75, double P90, double P95, double P99, double P999, double P9999, double Max)
{
    public static Percentiles Of(Histogram h) => new(
        h.Count, h.MeanMs, h.PercentileMs(0.5), h.PercentileMs(0.75), h.PercentileMs(0.9), h.PercentileMs(0.95), h.PercentileMs(0.99),
        h.PercentileMs(0.999), h.PercentileMs(0.9999), h.MaxMs);
}
