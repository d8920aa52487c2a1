using System.Diagnostics.Metrics;

namespace Maru.Server.Tests.Kit;

/// <summary>What counters count from its beginning on, by name and over all labels. Any thread.</summary>
internal sealed class Counts : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _counts = [];     // its own lock

    /// <param name="wanted">which ones: others of this process have the same names</param>
    public Counts(Func<Instrument, bool> wanted)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (wanted(instrument)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            lock (_counts) _counts[instrument.Name] = _counts.GetValueOrDefault(instrument.Name) + value;
        });
        _listener.Start();
    }

    public long Of(string name)
    {
        lock (_counts) return _counts.GetValueOrDefault(name);
    }

    public void Dispose() => _listener.Dispose();
}
