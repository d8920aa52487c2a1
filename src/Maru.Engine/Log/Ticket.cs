namespace Maru.Engine.Log;

/// <summary>
/// The client's name for a request, which the response repeats: a STOMP receipt, a Socket.IO number. Only the client's own wire reads it.
/// </summary>
/// <param name="Text">a name, decoded; null when it is a number or none</param>
/// <param name="Number">a number</param>
public readonly record struct Ticket(byte[]? Text, long? Number = null)
{
    /// <summary>True when the client wants no response.</summary>
    public bool IsNone => Text is null && Number is null;

    /// <summary>Bytes that it counts for in the bounded queues.</summary>
    public int Bytes => Text?.Length ?? 0;
}
