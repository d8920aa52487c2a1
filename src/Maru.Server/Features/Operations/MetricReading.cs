using System.Globalization;
using OpenTelemetry.Metrics;

namespace Maru.Server.Features.Operations;

/// <summary>Reads a metric of an interval, over all its labels. One that is absent had nothing to tell.</summary>
internal static class MetricReading
{
    public static double Sum(Metric? metric)
    {
        var sum = 0d;
        if (metric is null) return sum;
        foreach (ref readonly var point in metric.GetMetricPoints()) sum += Value(metric, point);
        return sum;
    }

    /// <summary>Returns the lowest value; null where there is none.</summary>
    public static double? Least(Metric? metric)
    {
        double? least = null;
        if (metric is null) return least;
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            var value = Value(metric, point);
            if (least is null || value < least) least = value;
        }

        return least;
    }

    public static Spread Spread(Metric? metric)
    {
        var spread = new Spread();
        if (metric is null) return spread;
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            foreach (var bucket in point.GetHistogramBuckets()) spread.Add(bucket.ExplicitBound, bucket.BucketCount);
        }

        return spread;
    }

    /// <summary>Returns how many requests were answered with a status from 500 on.</summary>
    public static double Failures(Metric? metric)
    {
        var count = 0L;
        if (metric is null) return count;
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            foreach (var (name, value) in point.Tags)
            {
                if (name == "http.response.status_code" && Convert.ToInt32(value, CultureInfo.InvariantCulture) >= 500)
                    count += point.GetHistogramCount();
            }
        }

        return count;
    }

    private static double Value(Metric metric, in MetricPoint point) => metric.MetricType switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
        MetricType.LongGauge => point.GetGaugeLastValueLong(),
        MetricType.DoubleGauge => point.GetGaugeLastValueDouble(),
        _ => 0,
    };
}

/// <summary>The buckets of a histogram, summed over its labels, and the quantiles in them: a bucket's values lie evenly in it.</summary>
internal sealed class Spread
{
    private readonly SortedDictionary<double, long> _counts = [];

    public void Add(double bound, long count) => _counts[bound] = _counts.GetValueOrDefault(bound) + count;

    /// <summary>Returns what that share of the values does not exceed; null: there are none.</summary>
    public double? At(double share)
    {
        var wanted = share * _counts.Values.Sum();
        if (wanted == 0) return null;
        var (below, before) = (0d, 0L);
        foreach (var (bound, count) in _counts)
        {
            // Of what is beyond the last bound nothing more is known.
            if (before + count >= wanted) return double.IsInfinity(bound) ? below : below + ((bound - below) * (wanted - before) / count);
            before += count;
            below = bound;
        }

        return below;
    }
}
