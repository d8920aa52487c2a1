using System.Diagnostics;
using Maru.Engine;
using OpenTelemetry.Trace;

namespace Maru.Server.Platform.Telemetry;

/// <summary>
/// Decides which requests are followed: by chance, at their arrival. The number of a trace decides nothing, as it may be a client's, who
/// could choose one. What was decided of a request, or of a message (<see cref="MessageTrace"/>), holds for its parts. Any thread.
/// </summary>
/// <param name="ratio">the share that is followed</param>
internal sealed class OwnDice(double ratio) : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var parent = samplingParameters.ParentContext;
        var isFollowed = parent.TraceId != default && !parent.IsRemote
            ? IsFollowed(parent)
            : samplingParameters.Name == MessageTrace.Name || Random.Shared.NextDouble() < ratio;
        return new SamplingResult(isFollowed ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
    }

    /// <summary>A request that is not followed still has its client's flags: they decide nothing.</summary>
    private static bool IsFollowed(in ActivityContext parent) =>
        parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
        && !(Activity.Current is { IsAllDataRequested: false } around && around.SpanId == parent.SpanId);
}
