using System.Globalization;
using Maru.Server.Platform.Api;
using Maru.Server.Platform.Http;

namespace Maru.Server.Features.Messages;

/// <summary>A place in a room's history to go to, <c>?around=</c> or <c>?at=</c>.</summary>
/// <param name="Seq">the seq; null: by time</param>
/// <param name="At">unix milliseconds</param>
internal sealed record Jump(long? Seq, long At)
{
    private const string AroundName = "around";
    private const string AtName = "at";

    /// <summary>Seconds may have a fraction; the offset is <c>Z</c> or hours and minutes (RFC 3339, 5.6).</summary>
    private static readonly string[] Forms =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
        "yyyy-MM-dd't'HH:mm:ss.FFFFFFF'z'", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFF'Z'",
    ];

    /// <summary>The parameters of the address, for the API document.</summary>
    public static ApiParameter[] Parameters =>
    [
        new(AroundName, "The messages around this seq: half of the page before it. Without before and after.", ApiSchemas.Seq, 120),
        new(AtName, "The messages around the first one at or after this time (RFC 3339). Alone.", ApiSchemas.Text, "2026-11-20T00:00:00Z"),
    ];

    /// <summary>Reads the place that a request asks for, and adds the faults; null: it asks for none.</summary>
    public static Jump? Read(IQueryCollection query, HistoryRequest request)
    {
        var errors = request.Errors;
        var around = SeqParameter.Read(query[AroundName], AroundName, errors);
        var hasTime = query.TryGetValue(AtName, out var time);
        if (!hasTime && around is null) return null;
        var at = 0L;
        if (hasTime && !TryRead(time.ToString(), out at))
            errors.Add(AtName, "A time as in 2026-11-20T00:00:00Z or 2026-11-20T00:00:00%2B09:00.");
        if (hasTime && around is not null) errors.Add(AtName, "Either around or at.");
        if (request.Before is not null || request.After is not null)
            errors.Add(hasTime ? AtName : AroundName, "Not together with before or after.");
        return new Jump(around, at);
    }

    private static bool TryRead(string text, out long at)
    {
        var isTime = DateTimeOffset.TryParseExact(
            text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        // Stored times are whole milliseconds: one within a millisecond is behind those of its beginning. Added to the number, for the last
        // time of all has none behind it.
        at = time.ToUnixTimeMilliseconds() + (time.UtcTicks % TimeSpan.TicksPerMillisecond > 0 ? 1 : 0);
        return isTime;
    }
}
