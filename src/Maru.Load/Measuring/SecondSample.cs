namespace Maru.Load.Measuring;

/// <summary>One second of a run: rates, latency of that second, processes.</summary>
internal sealed record SecondSample
{
    /// <summary>Seconds since the run began.</summary>
    public double At { get; init; }

    public string Phase { get; init; } = "";

    /// <summary>The attack that went on; "none" = none did; "" = the run has none.</summary>
    public string Attack { get; init; } = "";

    public long Connections { get; init; }

    public double SentPerSecond { get; init; }

    public double AcknowledgedPerSecond { get; init; }

    public double DeliveriesPerSecond { get; init; }

    public double MegabytesInPerSecond { get; init; }

    public double DeliveryP50Ms { get; init; }

    public double DeliveryP99Ms { get; init; }

    public double DeliveryMaxMs { get; init; }

    public double ReceiptP99Ms { get; init; }

    /// <summary>100 = one core; all servers together; 0 without their process ids.</summary>
    public double ServerCpuPercent { get; init; }

    public double ServerMb { get; init; }

    /// <summary>Each server, in the order in which they were named.</summary>
    public IReadOnlyList<ProcessSample> Servers { get; init; } = [];

    public double ClientCpuPercent { get; init; }

    public double ClientMb { get; init; }

    /// <summary>Servers whose process was not there although no fault went on.</summary>
    public int ServersMissing { get; init; }

    /// <summary>Violations so far, all kinds.</summary>
    public long Violations { get; init; }
}

/// <summary>One process in one second: percent of one core, resident megabytes.</summary>
internal sealed record ProcessSample(double CpuPercent, double Mb);
