namespace Maru.Server.Bus;

/// <summary>Wraps every frame on Redis: <c>version(1) node(16) frame</c>.</summary>
internal static class Envelope
{
    private const byte Version = 2;
    private const int Bytes = 1 + 16;

    public static byte[] Wrap(Guid node, ReadOnlySpan<byte> frame)
    {
        var wrapped = new byte[Bytes + frame.Length];
        wrapped[0] = Version;
        node.TryWriteBytes(wrapped.AsSpan(1));
        frame.CopyTo(wrapped.AsSpan(Bytes));
        return wrapped;
    }

    /// <summary>Unwraps a frame of another node; false: it is this node's own, a newer program's, or none at all.</summary>
    public static bool TryOpen(byte[] wrapped, Guid self, out ReadOnlyMemory<byte> frame)
    {
        frame = default;
        if (wrapped.Length <= Bytes || wrapped[0] != Version || new Guid(wrapped.AsSpan(1, 16)) == self) return false;
        frame = wrapped.AsMemory(Bytes);
        return true;
    }
}
