namespace Maru.Load.Faults;

/// <summary>A fault that was run.</summary>
/// <param name="At">seconds since the run began, as in the timeline</param>
/// <param name="Name">the command's name</param>
/// <param name="Seconds">the command's duration; so far, when it has not ended</param>
/// <param name="ExitCode">null = the command has not ended</param>
internal sealed record FaultExecution(double At, string Name, double Seconds, int? ExitCode);
