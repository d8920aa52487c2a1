using System.Globalization;
using Maru.Load.Attacks;
using Maru.Load.Faults;
using Maru.Load.Measuring;

namespace Maru.Load.Reporting;

/// <summary>One line a second, for logs and pipes.</summary>
internal sealed class PlainScreen(TextWriter output) : IRunScreen
{
    private int _tenths;
    private string _attack = "";

    public void Say(string text) => output.WriteLine(text);

    public void Show(SecondSample s) => output.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{s.At,7:N1} s {s.Phase,-8} conn {s.Connections,6:N0}  sent {s.SentPerSecond,8:N0}/s  "
        + $"acked {s.AcknowledgedPerSecond,8:N0}/s  delivered {s.DeliveriesPerSecond,11:N0}/s  "
        + $"p50 {s.DeliveryP50Ms,7:N1}  p99 {s.DeliveryP99Ms,7:N1} ms  server {s.ServerCpuPercent,4:N0} % {s.ServerMb,6:N0} MB  "
        + $"client {s.ClientCpuPercent,4:N0} %  violations {s.Violations:N0}"));

    public void ShowFault(FaultExecution fault) => output.WriteLine(ResultText.Of(fault));

    /// <summary>One line at the beginning and one at the end: the seconds between have lines enough.</summary>
    public void ShowAttack(AttackProgress attack)
    {
        if (attack.Share is > 0 and < 1 && attack.Name == _attack) return;
        _attack = attack.Share < 1 ? attack.Name : "";
        output.WriteLine(ResultText.Of(attack));
    }

    public void ShowHistory(double share)
    {
        var tenths = (int)(share * 10);
        if (tenths <= Volatile.Read(ref _tenths)) return;
        Volatile.Write(ref _tenths, tenths);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"history {Math.Min(100, tenths * 10)} %"));
    }
}
