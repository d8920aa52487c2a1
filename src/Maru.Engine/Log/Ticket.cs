namespace Maru.Engine.Log;

/// <summary>
/// The client's names for a request, which the response repeats: a STOMP receipt, and the trace that it is part of. Only the client's own
/// wire reads it.
/// </summary>
/// <param name="Text">a name, decoded; null: the client wants no response</param>
/// <param name="Trace">the number of the trace; empty: it is not known</param>
public readonly record struct Ticket(byte[]? Text, Guid Trace = default)
{
    /// <summary>True when the client wants no response.</summary>
    public bool IsNone => Text is null;

    /// <summary>Bytes that it counts for in the bounded queues.</summary>
    public int Bytes => Text?.Length ?? 0;
}
