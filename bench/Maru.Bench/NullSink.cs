using Maru.Engine.Output;

namespace Maru.Bench;

/// <summary>A peer that takes everything at once.</summary>
internal sealed class NullSink : ByteSink
{
    public override int TryWrite(ReadOnlySpan<byte> bytes) => bytes.Length;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => default;

    public override void Shutdown()
    {
    }

    public override void Abort()
    {
    }
}
