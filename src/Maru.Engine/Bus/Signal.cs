namespace Maru.Engine.Bus;

/// <summary>
/// A short-lived word between the members who are connected: its body and headers are passed on as they came, with <c>sender</c> added.
/// Never stored; the first thing that a slow client loses.
/// </summary>
public sealed class Signal
{
    private static long Last;

    /// <param name="name">the signal's</param>
    /// <param name="sender">whose token it came with</param>
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

    /// <summary>A number of this process alone.</summary>
    public long Number { get; }

    /// <summary>What it counts for while a transaction holds it, or it is on its way.</summary>
    public int Bytes { get; }
}
