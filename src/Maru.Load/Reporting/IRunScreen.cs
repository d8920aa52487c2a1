using Maru.Load.Faults;
using Maru.Load.Measuring;

namespace Maru.Load.Reporting;

/// <summary>Where a run shows itself while it goes on: a live table on a terminal, lines elsewhere.</summary>
internal interface IRunScreen
{
    void Say(string text);

    void Show(SecondSample second);

    /// <summary>A fault's command began, or has ended.</summary>
    void ShowFault(FaultExecution fault);

    /// <summary>How far the history is read, 0 to 1.</summary>
    void ShowHistory(double share);
}
