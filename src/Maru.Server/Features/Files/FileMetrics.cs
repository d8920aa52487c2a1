using System.Diagnostics.Metrics;
using Maru.Server.Files;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.Files;

/// <summary>Metrics of files. The tag <c>kind</c> is image, video, audio or document; <c>reason</c> a problem's slug.</summary>
internal sealed class FileMetrics : IDisposable
{
    private readonly Meter _meter = new("Maru.Server");
    private readonly Counter<long> _taken;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _refused;

    public FileMetrics()
    {
        _taken = _meter.CreateCounter<long>("maru.files.uploaded", "{file}", "Files that were uploaded, by kind.");
        _bytes = _meter.CreateCounter<long>("maru.files.uploaded_bytes", "By", "Bytes of files that were uploaded, by kind.");
        _refused = _meter.CreateCounter<long>("maru.files.refused", "{file}", "Uploads that were refused, by reason.");
        Removed = _meter.CreateCounter<long>("maru.files.removed", "{file}", "Files whose content was removed.");
    }

    public Counter<long> Removed { get; }

    public void Taken(FileKind kind, long bytes)
    {
        var tag = new KeyValuePair<string, object?>("kind", FileRows.NameOf(kind));
        _taken.Add(1, tag);
        _bytes.Add(bytes, tag);
    }

    public void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Dispose() => _meter.Dispose();
}
