namespace Maru.Load.Scenarios;

/// <summary>
/// Thrown when a scenario, an option or the environment cannot be used; the text says what to do. Ends the program with exit code 2.
/// </summary>
internal sealed class ScenarioException(string message) : Exception(message);
