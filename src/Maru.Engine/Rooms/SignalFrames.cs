using Maru.Engine.Bus;
using Maru.Engine.Connections;
using Maru.Engine.Output;

namespace Maru.Engine.Rooms;

/// <summary>
/// A signal as its listeners get it: headers and body are encoded once for each protocol version, what stands before them once for each
/// subscription id. Lane only.
/// </summary>
internal sealed class SignalFrames(Signal signal)
{
    private readonly Dictionary<Wire, ReadOnlyMemory<byte>> _bodies = [];
    private Dictionary<WireForm, byte[]>? _heads;       // of forms with several subscriptions

    public Signal Signal => signal;

    /// <summary>Sends it, unless the client is slow or its protocol has no signals.</summary>
    public void Send(Subscription subscription, FlushList flush)
    {
        var form = subscription.Form;
        if (!_bodies.TryGetValue(form.Wire, out var body)) _bodies[form.Wire] = body = form.Wire.SignalBody(signal);
        if (!body.IsEmpty) subscription.Connection.Outbox.TryAddEphemeral(HeadOf(form, body.Length), body, flush);
    }

    private byte[] HeadOf(WireForm form, int body)
    {
        if (form.Users == 1) return form.SignalHead(signal, body);
        _heads ??= [];
        if (!_heads.TryGetValue(form, out var head)) _heads[form] = head = form.SignalHead(signal, body);
        return head;
    }
}
