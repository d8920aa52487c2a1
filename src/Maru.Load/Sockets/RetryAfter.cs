using System.Buffers.Text;

namespace Maru.Load.Sockets;

/// <summary>
/// Reads the delay that a stopping server asks of its clients, in ms: ERROR's header <c>retry-after</c>, or a close frame's reason that
/// holds <c>retry-after=1500</c>.
/// </summary>
internal static class RetryAfter
{
    private const int Longest = 60_000;

    public static int Bounded(long milliseconds) => (int)Math.Clamp(milliseconds, 0, Longest);

    /// <summary>Returns the delay in a close frame's reason; 0 = none.</summary>
    public static int InReason(ReadOnlySpan<byte> reason)
    {
        var at = reason.IndexOf("retry-after"u8);
        if (at < 0) return 0;
        var rest = reason[(at + "retry-after"u8.Length)..].TrimStart("=: "u8);
        return Utf8Parser.TryParse(rest, out long milliseconds, out _) ? Bounded(milliseconds) : 0;
    }
}
