using System.Globalization;
using Maru.Load.Attacks;
using Maru.Load.Faults;
using Maru.Load.Measuring;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Maru.Load.Reporting;

/// <summary>
/// A table that stays in its place on a terminal: the latest seconds, and a bar while the history is read.
/// Calls may come from any thread.
/// </summary>
internal sealed class LiveScreen(LiveDisplayContext live) : IRunScreen
{
    private const int Shown = 12;
    private const int ShownFaults = 5;

    private readonly Lock _lock = new();
    private readonly Queue<SecondSample> _seconds = new();
    private readonly List<FaultExecution> _faults = [];
    private string _said = "";
    private AttackProgress? _attack;
    private double _history = -1;

    /// <summary>Runs the work while the table is on the terminal.</summary>
    public static Task<T> ShowAsync<T>(Func<IRunScreen, Task<T>> work)
        => AnsiConsole.Live(new Text("")).StartAsync(live => work(new LiveScreen(live)));

    public void Say(string text)
    {
        lock (_lock)
        {
            _said = text;
            Draw();
        }
    }

    public void Show(SecondSample second)
    {
        lock (_lock)
        {
            _seconds.Enqueue(second);
            if (_seconds.Count > Shown) _seconds.Dequeue();
            Draw();
        }
    }

    public void ShowFault(FaultExecution fault)
    {
        lock (_lock)
        {
            if (_faults.Count == 0 || _faults[^1].At != fault.At || _faults[^1].Name != fault.Name) _faults.Add(fault);
            else _faults[^1] = fault;
            if (_faults.Count > ShownFaults) _faults.RemoveAt(0);
            Draw();
        }
    }

    public void ShowAttack(AttackProgress attack)
    {
        lock (_lock)
        {
            _attack = attack;
            Draw();
        }
    }

    public void ShowHistory(double share)
    {
        lock (_lock)
        {
            if (share - _history < 0.01 && share < 1) return;
            _history = Math.Min(1, share);
            Draw();
        }
    }

    private void Draw()
    {
        var table = new Table().SimpleBorder().Title(Markup.Escape(_said)); // fits 80 columns
        foreach (var head in (string[])["s", "phase", "conn.", "sent/s", "acked/s", "deliv./s", "p50 ms", "p99 ms", "srv %", "MB", "bad"])
            table.AddColumn(new TableColumn(head).RightAligned().NoWrap().Padding(0, 0, 1, 0));
        foreach (var s in _seconds)
        {
            table.AddRow(
                Number(s.At, "0"), s.Phase, Number(s.Connections),
                Number(s.SentPerSecond), Number(s.AcknowledgedPerSecond), Number(s.DeliveriesPerSecond),
                Number(s.DeliveryP50Ms, "0.0"), Number(s.DeliveryP99Ms, "0.0"), Number(s.ServerCpuPercent), Number(s.ServerMb),
                s.Violations == 0 ? "0" : $"[red]{Number(s.Violations)}[/]");
        }

        List<IRenderable> rows = [table, .. _faults.Select(fault => new Text(ResultText.Of(fault)))];
        if (_attack is not null && _history < 0) rows.AddRange([Bar("attack", _attack.Share), new Text(ResultText.Of(_attack))]);
        if (_history >= 0) rows.Add(Bar("history", _history));
        live.UpdateTarget(new Rows(rows));
        live.Refresh();
    }

    private static Markup Bar(string name, double share)
    {
        var filled = (int)(share * 40);
        return new Markup($"{name} [green]{new string('━', filled)}[/][grey]{new string('━', 40 - filled)}[/] {(int)(share * 100)} %");
    }

    private static string Number(double value, string format = "#,0") => value.ToString(format, CultureInfo.InvariantCulture);
}
