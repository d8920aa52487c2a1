using Maru.Engine.Problems;

namespace Maru.Server.Files;

/// <summary>The store of files failed: it is full, does not respond or refuses. Nothing half is there under the key.</summary>
internal sealed class FileStoreException(Problem problem, string message, Exception? cause = null) : IOException(message, cause)
{
    /// <summary><see cref="Problem.StorageFull"/> or <see cref="Problem.Unavailable"/>.</summary>
    public Problem Problem { get; } = problem;
}
