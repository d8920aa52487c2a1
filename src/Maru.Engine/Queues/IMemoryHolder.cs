namespace Maru.Engine.Queues;

/// <summary>Something that holds memory for a client, and can be cut when all together hold too much. Any thread.</summary>
internal interface IMemoryHolder
{
    MemoryShare Memory { get; }

    /// <summary>True once it was cut, or has ended: its memory is about to be given back.</summary>
    bool IsCut { get; }

    /// <summary>Returns the milliseconds for which the client has kept the memory from being given back.</summary>
    /// <param name="now">by the engine's clock</param>
    long StuckFor(long now);

    void Cut();
}
