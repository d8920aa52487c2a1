using System.Globalization;
using Maru.Server.Platform.Telemetry;
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

    public static Histogram Histogram(Metric? metric)
    {
        var counts = new SortedDictionary<double, long>();
        if (metric is null) return new([]);
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            foreach (var bucket in point.GetHistogramBuckets())
                counts[bucket.ExplicitBound] = counts.GetValueOrDefault(bucket.ExplicitBound) + bucket.BucketCount;
        }

        var upTo = 0L;
        return new([.. counts.Select(x => (x.Key, (double)(upTo += x.Value)))]);
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
