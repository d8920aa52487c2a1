using System.Buffers;
using System.Diagnostics;
using System.Text;
using Maru.Server.Cluster;
using Maru.Server.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Maru.Server.Platform.Logging;

/// <summary>
/// Writes each line of the log as one JSON object with the names of the Elastic Common Schema 8.11, in ASCII and at most
/// <see cref="MaxLine"/> bytes long: longer ones are written again with shorter texts. Any thread.
/// </summary>
internal sealed class EcsFormatter(ThisNode node, TimeProvider time) : ConsoleFormatter(HostSettings.LogFormat)
{
    /// <summary>Bytes of a line, with its end: container engines break longer ones into pieces that are no JSON.</summary>
    public const int MaxLine = 16 * 1024;

    // Characters of one text; stack traces may have four times as many.
    private const int MaxText = 2048;

    // Bytes of a buffer that a thread keeps.
    private const int MaxKept = 4 * MaxLine;

    [ThreadStatic]
    private static EcsLine? Kept;

    private readonly EcsService _service = new(
        "maru", Product.Version, node.Id.ToString(), Environment.MachineName, Environment.ProcessId);

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        // Taken away meanwhile: a value's ToString may log as well.
        var line = Kept ?? new EcsLine();
        Kept = null;
        var entry = new EcsEntry(
            time.GetUtcNow(), logEntry.LogLevel, logEntry.Category, logEntry.EventId,
            logEntry.Formatter?.Invoke(logEntry.State, logEntry.Exception) ?? "",
            logEntry.State as IReadOnlyList<KeyValuePair<string, object?>> ?? [],
            logEntry.Exception, RequestOf(scopeProvider), Activity.Current is { IsStopped: false } activity ? activity : null);
        var limit = MaxText;
        while (line.Make(_service, entry, limit).Length >= MaxLine) limit /= 2;
        Print(line.Bytes, textWriter);
        if (line.Capacity <= MaxKept) Kept = line;
        else line.Dispose();
    }

    private static RequestScope? RequestOf(IExternalScopeProvider? scopes)
    {
        var found = new Found();
        scopes?.ForEachScope(
            static (scope, found) =>
            {
                if (scope is RequestScope { IsOver: false } request) found.Request = request;
            },
            found);
        return found.Request;
    }

    private static void Print(ReadOnlySpan<byte> line, TextWriter writer)
    {
        var text = ArrayPool<char>.Shared.Rent(line.Length + 1);
        var length = Encoding.ASCII.GetChars(line, text);
        text[length++] = '\n';
        writer.Write(text, 0, length);
        ArrayPool<char>.Shared.Return(text);
    }

    private sealed class Found
    {
        public RequestScope? Request;
    }
}
