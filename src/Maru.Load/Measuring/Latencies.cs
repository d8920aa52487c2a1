namespace Maru.Load.Measuring;

/// <summary>A run's durations, and the measures that they give.</summary>
internal sealed record Latencies(Histogram Delivery, Histogram Receipt, Histogram Resume, Histogram CatchUp)
{
    public Latencies Plus(Latencies other)
    {
        var sum = new Latencies(new(), new(), new(), new());
        foreach (var part in (Latencies[])[this, other])
        {
            sum.Delivery.Add(part.Delivery);
            sum.Receipt.Add(part.Receipt);
            sum.Resume.Add(part.Resume);
            sum.CatchUp.Add(part.CatchUp);
        }

        return sum;
    }

    public IEnumerable<KeyValuePair<string, double>> Measures()
    {
        var (delivery, receipt) = (Percentiles.Of(Delivery), Percentiles.Of(Receipt));
        var (resume, catchUp) = (Percentiles.Of(Resume), Percentiles.Of(CatchUp));
        return new Dictionary<string, double>
        {
            ["deliveryMeanMs"] = delivery.Mean,
            ["deliveryP50Ms"] = delivery.P50,
            ["deliveryP95Ms"] = delivery.P95,
            ["deliveryP99Ms"] = delivery.P99,
            ["deliveryP999Ms"] = delivery.P999,
            ["deliveryMaxMs"] = delivery.Max,
            ["receiptMeanMs"] = receipt.Mean,
            ["receiptP50Ms"] = receipt.P50,
            ["receiptP99Ms"] = receipt.P99,
            ["receiptMaxMs"] = receipt.Max,
            ["resumeP50Ms"] = resume.P50,
            ["resumeP99Ms"] = resume.P99,
            ["resumeMaxMs"] = resume.Max,
            ["catchUpP50Ms"] = catchUp.P50,
            ["catchUpP99Ms"] = catchUp.P99,
            ["catchUpMaxMs"] = catchUp.Max,
        };
    }
}
