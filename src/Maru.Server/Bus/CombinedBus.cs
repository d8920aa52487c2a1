using Maru.Engine.Bus;

namespace Maru.Server.Bus;

/// <summary>
/// Two buses as one: each channel uses the bus that its <see cref="Travel"/> asks for. That the quick one has lost something of a channel
/// of both is told over the slow one. Any thread.
/// </summary>
internal sealed class CombinedBus : IBus
{
    private readonly RedisBus? _quick;
    private readonly NotifyBus _slow;

    /// <param name="quick">null: there is none</param>
    /// <param name="slow">through the store</param>
    public CombinedBus(RedisBus? quick, NotifyBus slow)
    {
        (_quick, _slow) = (quick, slow);
        if (quick is not null) quick.Lost = Lose;
    }

    public bool IsConnected => _quick?.IsConnected is true;

    public int MaxFrameBytes => Math.Min(_quick?.MaxFrameBytes ?? int.MaxValue, _slow.MaxFrameBytes);

    public bool Carries(BusChannel channel) => channel.Travel == Travel.Quick ? _quick?.Carries(channel) is true : _slow.Carries(channel);

    public void Publish(BusChannel channel, ReadOnlySpan<byte> frame)
    {
        if (channel.Travel != Travel.Sure && _quick?.Carries(channel) is true) _quick.Publish(channel, frame);
        else if (channel.Travel != Travel.Quick) _slow.Publish(channel, frame);
    }

    public IDisposable Subscribe(BusChannel channel, Action<ReadOnlyMemory<byte>> heard, Action? listening = null) => new Both(
        channel.Travel == Travel.Sure ? null : _quick?.Subscribe(channel, heard, listening),
        channel.Travel == Travel.Quick ? null : _slow.Subscribe(channel, heard, listening));

    private void Lose(BusChannel channel)
    {
        if (channel.Travel == Travel.Any) _slow.Doubt(channel);
    }

    private sealed class Both(IDisposable? quick, IDisposable? slow) : IDisposable
    {
        public void Dispose()
        {
            quick?.Dispose();
            slow?.Dispose();
        }
    }
}
