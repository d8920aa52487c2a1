namespace Maru.Server.Platform.Telemetry;

/// <summary>How many values were at most as large as each bound, as Prometheus has it.</summary>
/// <param name="Buckets">bounds in order, the last one infinite, with the values up to it</param>
internal sealed record Histogram(IReadOnlyList<(double Bound, double Count)> Buckets)
{
    public double Count => Buckets.Count == 0 ? 0 : Buckets[^1].Count;

    /// <summary>Returns what came since an earlier look at the same histogram; all of it where the server started anew meanwhile.</summary>
    public Histogram Since(Histogram earlier)
    {
        if (earlier.Count > Count) return this;
        var before = earlier.Buckets.ToDictionary(x => x.Bound, x => x.Count);
        return new([.. Buckets.Select(x => (x.Bound, x.Count - before.GetValueOrDefault(x.Bound)))]);
    }

    /// <summary>
    /// Returns the value below which that share of all lies, as Prometheus reckons it: evenly spread within a bucket; above the last bound
    /// that bound. Null: there is no value.
    /// </summary>
    public double? At(double share)
    {
        if (Count <= 0) return null;
        var rank = share * Count;
        var (lower, below) = (0.0, 0.0);
        foreach (var (bound, count) in Buckets)
        {
            if (count >= rank && count > below)
                return double.IsInfinity(bound) ? lower : lower + ((bound - lower) * (rank - below) / (count - below));
            (lower, below) = (bound, count);
        }

        return lower;
    }
}
