namespace Maru.Load.Scenarios;

/// <summary>A scenario, an option or the environment is not usable; the text says what to do. Ends the program with exit code 2.</summary>
internal sealed class ScenarioException(string message) : Exception(message);
