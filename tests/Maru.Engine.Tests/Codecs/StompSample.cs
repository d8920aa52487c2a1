using System.Text;
using Maru.Engine.Codecs;

namespace Maru.Engine.Tests.Codecs;

/// <summary>A piece of a STOMP stream and what must come out of it.</summary>
/// <param name="Name">what it shows</param>
/// <param name="Version">what the peers agreed on before</param>
/// <param name="Bytes">the stream</param>
/// <param name="Frames">the frames in it, as <see cref="Kit.ReceivedFrame"/> writes them</param>
/// <param name="Ends">the status behind the last frame</param>
public sealed record StompSample(string Name, StompVersion Version, byte[] Bytes, string[] Frames, StompReadStatus Ends)
{
    public static readonly StompLimits Limits = new(MaxHeaders: 8, MaxHeaderBytes: 200, MaxBodyBytes: 64);

    public override string ToString() => $"{Version} {Name}";

    public static TheoryData<StompSample> All => [.. StompSamples.Whole, .. StompSamples.Broken];

    public static TheoryData<StompSample> Whole => [.. StompSamples.Whole];

    public static TheoryData<StompSample> Broken => [.. StompSamples.Broken];

    /// <summary>One char of the text is one byte, so that any byte can be written.</summary>
    public static StompSample Of(StompVersion version, string name, string text, params string[] frames) =>
        new(name, version, Encoding.Latin1.GetBytes(text), frames, StompReadStatus.NeedMore);

    public static StompSample Bad(StompVersion version, StompReadStatus ends, string name, string text, params string[] frames) =>
        new(name, version, Encoding.Latin1.GetBytes(text), frames, ends);
}
