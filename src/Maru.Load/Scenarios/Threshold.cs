using System.Globalization;

namespace Maru.Load.Scenarios;

/// <summary>One demand on a run: <c>measure operator number</c>. The number may be a sum, so that it shows what it is made of.</summary>
internal sealed record Threshold(string Measure, string Operator, IReadOnlyList<double> Terms)
{
    /// <summary>Every measure a threshold may name, with its unit and meaning.</summary>
    public static readonly IReadOnlyDictionary<string, string> Measures = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["messagesPerSecond"] = "acknowledged messages a second",
        ["deliveriesPerSecond"] = "deliveries a second, all clients together",
        ["deliveryMeanMs"] = "schedule to delivery, mean",
        ["deliveryP50Ms"] = "schedule to delivery, median",
        ["deliveryP95Ms"] = "schedule to delivery, 95th percentile",
        ["deliveryP99Ms"] = "schedule to delivery, 99th percentile",
        ["deliveryP999Ms"] = "schedule to delivery, 99.9th percentile",
        ["deliveryMaxMs"] = "schedule to delivery, longest",
        ["receiptMeanMs"] = "schedule to RECEIPT, mean",
        ["receiptP50Ms"] = "schedule to RECEIPT, median",
        ["receiptP99Ms"] = "schedule to RECEIPT, 99th percentile",
        ["receiptMaxMs"] = "schedule to RECEIPT, longest",
        ["disconnects"] = "connections that ended without being asked to",
        ["reconnects"] = "connections that were made again, asked for by the scenario or not",
        ["longestSilenceMs"] = "longest time that a client got nothing although a message for it was due",
        ["resumeP50Ms"] = "lost connection to new subscription, median",
        ["resumeP99Ms"] = "lost connection to new subscription, 99th percentile",
        ["resumeMaxMs"] = "lost connection to new subscription, longest",
        ["catchUpP50Ms"] = "lost connection to having all that the room had at the new subscription, median",
        ["catchUpP99Ms"] = "lost connection to having all that the room had, 99th percentile",
        ["catchUpMaxMs"] = "lost connection to having all that the room had, longest",
        ["unacknowledged"] = "messages without RECEIPT at the end",
        ["faults"] = "commands of faults that were run",
        ["faultsFailed"] = "those of them that did not end with exit code 0",
        ["calmReceiptP99Ms"] = "schedule to RECEIPT, 99th percentile, but for the time that faults have apart",
        ["calmReceiptMaxMs"] = "schedule to RECEIPT, longest, but for the time that faults have apart",
        ["attackReceiptP99Ms"] = "schedule to RECEIPT, 99th percentile under the attack where it was longest",
        ["attackReceiptMaxMs"] = "schedule to RECEIPT, longest under any attack",
        ["attackDeliveryP99Ms"] = "schedule to delivery, 99th percentile under the attack where it was longest",
        ["newcomerP99Ms"] = "first packet to CONNECTED with a token, 99th percentile under the attack where it was longest",
        ["newcomersFailed"] = "newcomers with a token who were refused or waited for more than 10 s",
        ["signInP99Ms"] = "sign-in over REST, 99th percentile under the attack where it was longest",
        ["signInsFailed"] = "sign-ins that were refused or took more than 10 s",
        ["liveP99Ms"] = "GET /health/live, 99th percentile under the attack where it was longest",
        ["livesFailed"] = "of these the ones that were refused or took more than 10 s",
        ["serversMissing"] = "servers whose process was not there although no fault went on (needs --pid)",
        ["serverGrowthPercent"] = "growth of the servers' memory: median of the last third of measuring beside the first's (needs --pid)",
        ["serverMb"] = "the server's largest resident memory, MB (needs --pid)",
        ["serverCpuPercent"] = "the server's mean CPU while measuring, 100 = one core (needs --pid)",
        ["listeners"] = "tabs and streams that were open at the end",
        ["listenersLost"] = "connections of tabs and streams that ended without being asked to",
        ["unreadEvents"] = "unread events that tabs got",
        ["unreadBackwards"] = "those of them that told of an older state than one before, snapshots left out",
        ["unreadWrongP99Ms"] = "how long a shown unread count had not been true, 99th percentile of all that were shown",
        ["unreadWrongMaxMs"] = "how long a shown unread count had not been true, longest",
        ["unreadDelayP50Ms"] = "first sight of a message to the unread event that counts it, median",
        ["unreadDelayP99Ms"] = "first sight of a message to the unread event that counts it, 99th percentile",
        ["unreadDelayMaxMs"] = "first sight of a message to the unread event that counts it, longest",
        ["streamDelayP50Ms"] = "schedule to delivery at streams of rooms, median",
        ["streamDelayP99Ms"] = "schedule to delivery at streams of rooms, 99th percentile",
        ["bytesPerListener"] = "growth of the server's resident memory a tab or stream (needs --pid)",
        ["bytesPerConnection"] = "growth of the server's resident memory a connection (needs --pid)",
    };

    public static Threshold Parse(string text)
    {
        var parts = text.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        List<double> terms = [];
        foreach (var term in parts.Length == 3 ? parts[2].Split(" + ") : [""])
            terms.Add(double.TryParse(term, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN);
        if (terms.Contains(double.NaN) || parts[1] is not ("<" or "<=" or ">" or ">=" or "=="))
            throw new ScenarioException(
                $"The threshold '{text}' is not 'measure operator number', for instance 'deliveryP99Ms < 100' (operators < <= > >= ==; "
                + "the number may be a sum: 'deliveryP99Ms < 80 + 20').");
        if (!Measures.ContainsKey(parts[0]))
            throw new ScenarioException($"The threshold '{text}' names no known measure. Known: {string.Join(", ", Measures.Keys)}.");
        return new Threshold(parts[0], parts[1], terms);
    }

    /// <summary>The operator and the number, for people: <c>&lt; 80 + 20</c>.</summary>
    public string Demand => $"{Operator} {string.Join(" + ", Terms.Select(x => x.ToString("0.###", CultureInfo.InvariantCulture)))}";

    private double Limit => Terms.Sum();

    public bool Holds(double value) => Operator switch
    {
        "<" => value < Limit,
        "<=" => value <= Limit,
        ">" => value > Limit,
        ">=" => value >= Limit,
        _ => value == Limit,
    };

    public override string ToString() => $"{Measure} {Demand}";
}
