using System.Text.Json.Serialization;
using Maru.Load.Measuring;

namespace Maru.Load.Attacks;

/// <summary>What the members, newcomers and attackers met in one period of a run.</summary>
internal sealed record AttackFindings
{
    /// <summary>The attack; <c>none</c> = the time between attacks, <c>faults</c> = the time that the faults have apart.</summary>
    public required string Name { get; init; }

    public required Histogram Receipt { get; init; }

    public required Histogram Delivery { get; init; }

    /// <summary>Newcomers with a token, until CONNECTED.</summary>
    public required ProbeFindings Newcomer { get; init; }

    /// <summary>Sign-ins over REST.</summary>
    public required ProbeFindings SignIn { get; init; }

    /// <summary><c>GET /health/live</c>.</summary>
    public required ProbeFindings Live { get; init; }

    public long Opened { get; init; }

    public long MostOpen { get; init; }

    public long BytesSent { get; init; }

    public long FramesSent { get; init; }

    public long BytesReceived { get; init; }

    /// <summary>How often the server refused or ended an attacker's connection, by why.</summary>
    public required IReadOnlyDictionary<string, long> Ended { get; init; }

    /// <summary>Mean of all servers together, 100 = one core; needs their process ids.</summary>
    public double ServerCpuPercent { get; init; }

    public double ServerMb { get; init; }

    [JsonIgnore]
    public bool IsAttack => Name is not (None or Faults);

    public const string None = "none";

    public const string Faults = "faults";

    public AttackFindings Plus(AttackFindings other) => this with
    {
        Receipt = Sum(Receipt, other.Receipt),
        Delivery = Sum(Delivery, other.Delivery),
        Newcomer = Newcomer.Plus(other.Newcomer),
        SignIn = SignIn.Plus(other.SignIn),
        Live = Live.Plus(other.Live),
        Opened = Opened + other.Opened,
        MostOpen = MostOpen + other.MostOpen,
        BytesSent = BytesSent + other.BytesSent,
        FramesSent = FramesSent + other.FramesSent,
        BytesReceived = BytesReceived + other.BytesReceived,
        Ended = Sum(Ended, other.Ended),
        ServerCpuPercent = Math.Max(ServerCpuPercent, other.ServerCpuPercent),
        ServerMb = Math.Max(ServerMb, other.ServerMb),
    };

    internal static Histogram Sum(params IEnumerable<Histogram> all)
    {
        var sum = new Histogram();
        foreach (var one in all) sum.Add(one);
        return sum;
    }

    internal static IReadOnlyDictionary<string, long> Sum(IReadOnlyDictionary<string, long> one, IReadOnlyDictionary<string, long> other) =>
        one.Concat(other).GroupBy(pair => pair.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value), StringComparer.Ordinal);
}

/// <summary>What was found by trying one thing.</summary>
/// <param name="Took">those that succeeded</param>
/// <param name="Failed">the others, by why</param>
internal sealed record ProbeFindings(Histogram Took, IReadOnlyDictionary<string, long> Failed)
{
    [JsonIgnore]
    public long Failures => Failed.Values.Sum();

    public ProbeFindings Plus(ProbeFindings other) => new(AttackFindings.Sum(Took, other.Took), AttackFindings.Sum(Failed, other.Failed));
}
