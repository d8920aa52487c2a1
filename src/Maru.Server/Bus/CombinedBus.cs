using Maru.Engine.Bus;

namespace Maru.Server.Bus;

/// <summary>Two buses as one: each channel uses the bus that its <see cref="Travel"/> asks for. Any thread.</summary>
/// <param name="quick">Redis; null: there is none</param>
/// <param name="slow">through the store</param>
internal sealed class CombinedBus(IBus? quick, IBus slow) : IBus
{
    public bool IsConnected => quick?.IsConnected is true;

    public int MaxFrameBytes => Math.Min(quick?.MaxFrameBytes ?? int.MaxValue, slow.MaxFrameBytes);

    public bool Carries(BusChannel channel) => channel.Travel == Travel.Quick ? quick?.Carries(channel) is true : slow.Carries(channel);

    public void Publish(BusChannel channel, ReadOnlySpan<byte> frame)
    {
        if (channel.Travel != Travel.Sure && quick?.Carries(channel) is true) quick.Publish(channel, frame);
        else if (channel.Travel != Travel.Quick) slow.Publish(channel, frame);
    }

    public IDisposable Subscribe(BusChannel channel, Action<ReadOnlyMemory<byte>> heard, Action? listening = null) => new Both(
        channel.Travel == Travel.Sure ? null : quick?.Subscribe(channel, heard, listening),
        channel.Travel == Travel.Quick ? null : slow.Subscribe(channel, heard, listening));

    private sealed class Both(IDisposable? quick, IDisposable? slow) : IDisposable
    {
        public void Dispose()
        {
            quick?.Dispose();
            slow?.Dispose();
        }
    }
}
