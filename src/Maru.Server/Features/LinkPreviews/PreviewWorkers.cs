using System.Buffers.Text;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Platform.Text;
using Maru.Server.RoomLog;

namespace Maru.Server.Features.LinkPreviews;

/// <summary>
/// Fetches the links of messages that this node has committed, new ones and edited ones, a few messages at the same time. It hears of them
/// from the commit and not by a follower, which would read every message from the store again to find the few with links, and whose promise
/// to lose none is worth nothing here: a preview that is late is of no use. So those that wait when the server ends get none, and those for
/// which there is no place in the queue: neither holds up a message or another preview.
/// </summary>
internal sealed partial class PreviewWorkers : BackgroundService
{
    private readonly ChatEngine _engine;
    private readonly PreviewStore _store;
    private readonly PreviewCache _cache;
    private readonly PreviewChanges _changes;
    private readonly PreviewPictures _pictures;
    private readonly PreviewMetrics _metrics;
    private readonly LinkPreviewOptions _options;
    private readonly ILogger<PreviewWorkers> _log;
    private readonly PreviewQueue _queue;

    public PreviewWorkers(
        ChatEngine engine, PreviewStore store, PreviewCache cache, PreviewChanges changes, PreviewPictures pictures,
        PreviewMetrics metrics, LinkPreviewOptions options, ILogger<PreviewWorkers> log)
    {
        (_engine, _store, _cache, _changes, _pictures) = (engine, store, cache, changes, pictures);
        (_metrics, _options, _log) = (metrics, options, log);
        _queue = new PreviewQueue(options);
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _pictures.Open();
        _engine.Committed += Commit;
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _engine.Committed -= Commit;
        return base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Enumerable.Range(0, _options.Workers).Select(_ => Task.Run(() => WorkAsync(stoppingToken), CancellationToken.None)));

    /// <summary>On the thread of the commit: a message costs a search through its bytes.</summary>
    private void Commit(RoomId room, IReadOnlyList<Entry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (entry.Kind != EntryKind.MessageCreated && entry.Kind != EntryKind.MessageEdited) continue;
            if (HasLink(entry.Body) && !_queue.TryAdd(SenderOf(entry.Body), room, entry.Target > 0 ? entry.Target : entry.Seq))
                _metrics.Dropped.Add(1);
        }
    }

    /// <summary>Returns who sent the message: <c>…"sender":{"id":1,…</c>, which stands before all that people wrote.</summary>
    private static UserId SenderOf(ReadOnlySpan<byte> body)
    {
        var field = "\"sender\":{\"id\":"u8;
        return Utf8Parser.TryParse(body[(body.IndexOf(field) + field.Length)..], out long id, out _) ? new UserId(id) : default;
    }

    /// <summary>
    /// Returns whether the text of the message has a link, or what looks like one: <c>…"text":"…","at":…</c>. No text has these quotes
    /// unescaped.
    /// </summary>
    private static bool HasLink(ReadOnlySpan<byte> body)
    {
        var text = body[Math.Max(0, body.IndexOf("\"text\":\""u8))..];
        var end = text.IndexOf("\",\"at\":"u8);
        return text[..Math.Max(0, end)].IndexOf("://"u8) >= 0;
    }

    private async Task WorkAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                var turn = await _queue.NextAsync(ct);
                try
                {
                    await PreviewAsync(turn.Room, turn.Seq, ct);
                }
                catch (Exception e) when (!ct.IsCancellationRequested)
                {
                    Log.Failed(_log, e);
                }
                finally
                {
                    _queue.Done(turn);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the server stops
        }
    }

    private async Task PreviewAsync(RoomId room, long seq, CancellationToken ct)
    {
        if (await _store.FindMessageAsync(room, seq, ct) is not { } message) return;
        var links = LinkScan.Find(message.Text);
        var known = PreviewRows.Links(message.Previews).ToHashSet();
        var missing = links.Where(link => !known.Contains(link.AbsoluteUri)).ToArray();
        var pages = await Task.WhenAll(missing.Select(link => _cache.FindAsync(link, ct)));
        LinkPreview[] previews = [.. missing.Zip(pages).Where(x => x.Second.HasTitle).Select(x => x.Second.For(x.First))];
        if (previews.Length > 0) await _changes.AddAsync(room, seq, message, [.. links.Select(link => link.AbsoluteUri)], previews);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The previews of a message could not be made")]
        public static partial void Failed(ILogger log, Exception e);
    }
}
