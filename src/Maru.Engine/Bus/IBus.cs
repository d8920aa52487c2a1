namespace Maru.Engine.Bus;

/// <summary>
/// How the nodes on one store tell each other what happened: channels that carry frames of bytes to the other nodes that listen.
/// A frame is a hint. It may be lost; what comes on a channel comes in the order in which its node published it, each frame once.
/// No member blocks or throws, whatever is wrong with the bus. Any thread.
/// </summary>
public interface IBus
{
    /// <summary>
    /// False while frames of <see cref="Travel.Quick"/> channels may be lost: what they tell of must be looked for more often.
    /// </summary>
    bool IsConnected { get; }

    /// <summary>Bytes of the largest frame that it carries; a larger one is dropped.</summary>
    int MaxFrameBytes { get; }

    /// <summary>False: a frame published now would be dropped, so it need not be made.</summary>
    bool Carries(BusChannel channel);

    /// <summary>Sends the frame to the other nodes that listen to the channel.</summary>
    /// <param name="channel">the channel</param>
    /// <param name="frame">copied before the call returns; empty ones are not sent</param>
    void Publish(BusChannel channel, ReadOnlySpan<byte> frame);

    /// <summary>Listens until the subscription is disposed of. A node has one subscription of a channel at a time.</summary>
    /// <param name="channel">the channel</param>
    /// <param name="heard">called for one frame after the other; what it throws is logged</param>
    /// <param name="listening">called when frames may have been missed: the channel is listened to anew, or a node knows of a loss</param>
    IDisposable Subscribe(BusChannel channel, Action<ReadOnlyMemory<byte>> heard, Action? listening = null);
}

/// <param name="Name">the same on every node: a letter or a word, and an id behind a colon where there are many</param>
/// <param name="Travel">how its frames travel</param>
public readonly record struct BusChannel(string Name, Travel Travel);

/// <summary>How a channel's frames travel.</summary>
public enum Travel : byte
{
    /// <summary>Over the quick bus or not at all: such frames are worthless when late, or their content is found in the store.</summary>
    Quick,

    /// <summary>Over the quick bus and, while there is none, over the slow one.</summary>
    Any,

    /// <summary>
    /// Over the slow bus, through the store, which keeps the frames for a while for a node that does not listen: for rare frames that must
    /// arrive.
    /// </summary>
    Sure,
}
