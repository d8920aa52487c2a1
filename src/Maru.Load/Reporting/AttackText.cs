using System.Globalization;
using System.Text;
using Maru.Load.Attacks;

namespace Maru.Load.Reporting;

/// <summary>What members, newcomers and attackers met, as a table for a terminal.</summary>
internal static class AttackText
{
    public static string Of(IReadOnlyList<AttackFindings> found)
    {
        var text = new StringBuilder();
        Put(text, $"{"ms under",-22}{"receipt p50",12}{"p99",9}{"max",9}{"delivery p99",14}{"newcomer p99",14}{"failed",7}");
        Put(text, $"{"sign-in p99",13}{"failed",7}{"live p99",10}{"failed",7}{"server %",10}{"MB",7}\n");
        foreach (var one in found.Where(one => one.Receipt.Count + one.Live.Took.Count + one.Live.Failures > 0))
        {
            Put(text, $"{one.Name,-22}{one.Receipt.PercentileMs(0.5),12:N1}{one.Receipt.PercentileMs(0.99),9:N1}");
            Put(text, $"{one.Receipt.MaxMs,9:N1}{one.Delivery.PercentileMs(0.99),14:N1}");
            Put(text, $"{one.Newcomer.Took.PercentileMs(0.99),14:N1}{one.Newcomer.Failures,7:N0}");
            Put(text, $"{one.SignIn.Took.PercentileMs(0.99),13:N1}{one.SignIn.Failures,7:N0}");
            Put(text, $"{one.Live.Took.PercentileMs(0.99),10:N1}{one.Live.Failures,7:N0}");
            Put(text, $"{one.ServerCpuPercent,10:N0}{one.ServerMb,7:N0}\n");
        }

        foreach (var one in found.Where(one => one.IsAttack && one.Receipt.Count > 0))
        {
            Put(text, $"{one.Name}: {one.BytesSent / 1e6:N1} MB in {one.FramesSent:N0} frames sent, ");
            Put(text, $"{one.BytesReceived / 1e6:N1} MB read, ");
            Put(text, $"{one.Opened:N0} connections, {one.MostOpen:N0} at once; ended by the server: {Reasons(one.Ended)}\n");
        }

        foreach (var one in found)
        {
            Failed(text, one.Name, "newcomers", one.Newcomer);
            Failed(text, one.Name, "sign-ins", one.SignIn);
            Failed(text, one.Name, "/health/live", one.Live);
        }

        return text.ToString();
    }

    public static string Reasons(IReadOnlyDictionary<string, long> reasons) => reasons.Count == 0
        ? "none"
        : string.Join(", ", reasons.OrderByDescending(pair => pair.Value)
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} x {pair.Value:N0}")));

    private static void Failed(StringBuilder text, string name, string what, ProbeFindings probe)
    {
        if (probe.Failures > 0) Put(text, $"{name}: {what} that failed: {Reasons(probe.Failed)}\n");
    }

    private static void Put(StringBuilder text, FormattableString part) => text.Append(part.ToString(CultureInfo.InvariantCulture));
}
