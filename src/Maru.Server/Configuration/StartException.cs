namespace Maru.Server.Configuration;

/// <summary>
/// Thrown when the program cannot start as it is configured. The message is one line that says what to do; the exit code is 2.
/// </summary>
internal sealed class StartException(string message, Exception? cause = null) : Exception(message, cause);
