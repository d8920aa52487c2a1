using Maru.Engine.Output;

namespace Maru.Engine.Rooms;

/// <summary>
/// An event of a room that is no entry of its log, as the log's subscribers get it: encoded once for each wire form, and lost to clients
/// that read slowly. Lane only.
/// </summary>
/// <param name="json">the event, UTF-8</param>
internal sealed class RoomEvent(byte[] json)
{
    private static long Last;

    private readonly long _number = Interlocked.Increment(ref Last);
    private Dictionary<WireForm, byte[]>? _encoded;     // of forms with several subscriptions

    /// <summary>Sends it, unless the client is slow.</summary>
    public void Send(Subscription subscription, FlushList flush)
    {
        var outbox = subscription.Connection.Outbox;
        if (outbox.TakesEphemeral(json.Length)) outbox.TryAddEphemeral(Encode(subscription.Form), default, flush);
    }

    private byte[] Encode(WireForm form)
    {
        if (form.Users == 1) return form.Encode(_number, json);
        _encoded ??= [];
        if (!_encoded.TryGetValue(form, out var bytes)) _encoded[form] = bytes = form.Encode(_number, json);
        return bytes;
    }
}
