namespace Maru.Engine.Bus;

/// <summary>
/// A short-lived message between the members who are connected: its body and headers are passed on unchanged, with <c>sender</c> added.
/// Never stored, and dropped first when a client is slow.
/// </summary>
public sealed class Signal
{
    private static long Last;

    /// <param name="name">the signal's</param>
    /// <param name="sender">the user whose token it came with</param>
    /// <param name="headers">names and values by turns, decoded</param>
    /// <param name="body">of any kind</param>
    /// <param name="isText">body and headers are UTF-8</param>
    public Signal(string name, UserId sender, byte[][] headers, byte[] body, bool isText)
    {
        (Name, Sender, Headers, Body, IsText, Number) = (name, sender, headers, body, isText, Interlocked.Increment(ref Last));
        Bytes = 256 + body.Length;
        foreach (var text in headers) Bytes += text.Length + 32;
    }

    public string Name { get; }

    public UserId Sender { get; }

    /// <summary>Names and values by turns, decoded.</summary>
    public byte[][] Headers { get; }

    public byte[] Body { get; }

    public bool IsText { get; }

    /// <summary>A number that is unique within this process.</summary>
    public long Number { get; }

    /// <summary>Bytes that it counts for while it waits in a transaction, a lane or a budget.</summary>
    public int Bytes { get; }
}
