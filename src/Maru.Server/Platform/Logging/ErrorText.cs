using System.Data.Common;
using System.Text;
using System.Text.Json;

namespace Maru.Server.Platform.Logging;

/// <summary>
/// What the log says of an exception. Those that quote the value they do not like have no message there: it may be what somebody wrote.
/// </summary>
internal static class ErrorText
{
    /// <summary>Exceptions of one line: causes of causes, and those of an aggregate.</summary>
    private const int MaxDepth = 8;

    private const string Kept = "(not logged: it may quote a value)";

    /// <summary>The messages of the exception and its causes, outermost first.</summary>
    public static string Messages(Exception e) =>
        string.Join(" <- ", Chain(e).Select(MessageOf));

    /// <summary>Types, messages and stack traces of the exception and its causes, outermost first.</summary>
    public static string StackTrace(Exception e)
    {
        var text = new StringBuilder();
        foreach (var cause in Chain(e))
        {
            text.Append(text.Length > 0 ? "\nCaused by: " : "").Append(cause.GetType().FullName).Append(": ").Append(MessageOf(cause));
            if (cause.StackTrace is { } trace) text.Append('\n').Append(trace);
        }

        return text.ToString();
    }

    private static string MessageOf(Exception e) => e switch
    {
        ArgumentException or FormatException or KeyNotFoundException or JsonException => Kept,
        DbException { SqlState: ['2', '2', ..] } error => $"{Kept} {error.SqlState}",     // data exceptions: a value does not fit
        AggregateException => "Several errors.",    // its message has those of all others
        _ => e.Message,
    };

    private static IEnumerable<Exception> Chain(Exception e)
    {
        var left = new Queue<Exception>([e]);
        for (var i = 0; i < MaxDepth && left.TryDequeue(out var next); i++)
        {
            yield return next;
            if (next is AggregateException several) several.InnerExceptions.ToList().ForEach(left.Enqueue);
            else if (next.InnerException is { } inner) left.Enqueue(inner);
        }
    }
}
