using System.Globalization;
using Spectre.Console;

namespace Maru.Server.Commands.Status;

/// <summary>A server's status for people.</summary>
internal static class StatusTable
{
    private const string Unknown = "–";

    public static Table Of(ServerStatus status)
    {
        var table = new Table().HideHeaders().AddColumns("what", "now");
        foreach (var (what, now) in Rows(status)) table.AddRow(Markup.Escape(what), Markup.Escape(now));
        return table;
    }

    private static IEnumerable<(string What, string Now)> Rows(ServerStatus status)
    {
        yield return ("server", $"{status.Url}, {(status.IsReady ? "ready" : "not ready")}");
        yield return ("version", $"{status.Version ?? Unknown}, node {status.Node ?? Unknown}");
        yield return ("up", Time(status.UpSeconds));
        yield return ("connections", Number(status.Connections));
        yield return ("rooms loaded", Number(status.Rooms));
        yield return ("messages a second", Number(status.MessagesPerSecond));
        yield return ("until durable", Milliseconds(status.Durable));
        yield return ("until delivered", Milliseconds(status.Delivery));
        yield return ("commits a second", Number(status.CommitsPerSecond));
        yield return ("drafts in a commit", status.Batch is { } batch ? $"p50 {batch.P50:F0}, p99 {batch.P99:F0}{Since(batch)}" : Unknown);
        yield return ("waits for the store", Bytes(status.WaitingBytes));
        yield return ("memory of clients", $"{Bytes(status.MemoryBytes)} of {Bytes(status.MemoryLimitBytes)}");
        yield return ("search is behind", Milliseconds(status.SearchLag));
        yield return ("bus between nodes", status.IsBusConnected is { } bus ? bus ? "connected" : "through the store alone" : Unknown);
        yield return ("last audit", status.AuditDrift is { } drift ? $"{Number(drift)} wrong, {Time(status.AuditAgeSeconds)} ago" : "none");
    }

    private static string Number(double? value) => value is { } number ? number.ToString("#,0.#", CultureInfo.InvariantCulture) : Unknown;

    private static string Bytes(double? value) =>
        value is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 20):#,0.0} MiB") : Unknown;

    private static string Milliseconds(Quantiles? times) => times is null
        ? Unknown
        : string.Create(CultureInfo.InvariantCulture, $"p50 {times.P50 * 1000:#,0.##} ms, p99 {times.P99 * 1000:#,0.##} ms{Since(times)}");

    private static string Since(Quantiles values) => values.IsRecent ? "" : " since the start";

    private static string Time(double? seconds) =>
        seconds is { } time ? TimeSpan.FromSeconds(Math.Floor(time)).ToString("g", CultureInfo.InvariantCulture) : Unknown;
}
