namespace Maru.Load.Measuring;

/// <summary>One second of a run: rates, latency of that second, processes.</summary>
internal sealed record SecondSample
{
    /// <summary>Seconds since the run began.</summary>
    public double At { get; init; }

    public string Phase { get; init; } = "";

    public long Connections { get; init; }

    public double SentPerSecond { get; init; }

    public double AcknowledgedPerSecond { get; init; }

    public double DeliveriesPerSecond { get; init; }

    public double MegabytesInPerSecond { get; init; }

    public double DeliveryP50Ms { get; init; }

    public double DeliveryP99Ms { get; init; }

    public double DeliveryMaxMs { get; init; }

    public double ReceiptP99Ms { get; init; }

    /// <summary>100 = one core; 0 without the server's process id.</summary>
    public double ServerCpuPercent { get; init; }

    public double ServerMb { get; init; }

    public double ClientCpuPercent { get; init; }

    public double ClientMb { get; init; }

    /// <summary>Violations so far, all kinds.</summary>
    public long Violations { get; init; }
}
