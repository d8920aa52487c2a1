using Maru.Load.Attacks;
using Maru.Load.Faults;
using Maru.Load.Measuring;

namespace Maru.Load.Reporting;

/// <summary>Shows a run while it goes on: a live table on a terminal, lines elsewhere.</summary>
internal interface IRunScreen
{
    void Say(string text);

    void Show(SecondSample second);

    /// <summary>Shows that a fault's command began, or has ended.</summary>
    void ShowFault(FaultExecution fault);

    /// <summary>Shows how far an attack is.</summary>
    void ShowAttack(AttackProgress attack);

    /// <summary>Shows the share of the history that is read, 0 to 1.</summary>
    void ShowHistory(double share);
}
