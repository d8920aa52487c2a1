using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Maru.Engine.Problems;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Maru.Server.Features.Files;

/// <summary>
/// Reads an upload as browsers' forms send it (RFC 7578): one part <c>file</c>, and what the uploader says about it. The file goes past
/// memory, to where it arrives. One caller.
/// </summary>
internal static class UploadForm
{
    /// <summary>The most numbers of a waveform.</summary>
    public const int MostBars = 64;

    /// <summary>The most seconds that a recording may say it has.</summary>
    public const double MostSeconds = 24 * 60 * 60;

    private const int FieldBytes = 4096;
    private const int BoundaryCharacters = 100;
    private const int Parts = 8;

    private static readonly Refusal NoFile = new(Problem.Invalid, "There must be one part with the name file.", "file");

    /// <summary>Returns what it says about the file, or why it is refused.</summary>
    public static async Task<(FileDetails? About, Refusal? Refusal)> ReceiveAsync(
        HttpRequest request, Arrivals.Arrival arrival, FilesOptions options, CancellationToken ct)
    {
        if (BoundaryOf(request) is not { } boundary)
            return (null, new Refusal(Problem.Malformed, "The body must be multipart/form-data with a boundary."));
        var reader = new MultipartReader(boundary, request.Body) { HeadersCountLimit = 16, HeadersLengthLimit = 4096 };
        var (name, duration, waveform, hasFile, parts) = (default(string), default(long?), default(string), false, 0);
        try
        {
            while (await reader.ReadNextSectionAsync(ct) is { } section)
            {
                if (++parts > Parts) return (null, new Refusal(Problem.Malformed, $"The form may have {Parts} parts."));
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)) continue;
                switch (HeaderUtilities.RemoveQuotes(disposition.Name).ToString())
                {
                    case "file" when hasFile:
                        return (null, NoFile);
                    case "file":
                        hasFile = true;
                        name = NameOf(disposition);
                        if (!await arrival.ReceiveAsync(section.Body, type => options.LimitOf(type.Kind), ct))
                            return (null, FileProblems.TooLarge(arrival.Type.Kind, options.LimitOf(arrival.Type.Kind)));
                        break;
                    case "duration":
                        if (ReadDuration(await TextAsync(section.Body, ct)) is not { } read)
                            return (null, new Refusal(Problem.Invalid, $"duration must be seconds, 0 to {MostSeconds}.", "duration"));
                        duration = read;
                        break;
                    case "waveform":
                        waveform = ReadWaveform(await TextAsync(section.Body, ct));
                        if (waveform is null)
                            return (null, new Refusal(
                                Problem.Invalid, $"waveform must be a JSON array of at most {MostBars} numbers, 0 to 100.", "waveform"));
                        break;
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException || IsCutOff(e))
        {
            return (null, new Refusal(Problem.Malformed, "The body is not the whole of a form."));
        }

        return hasFile ? (new FileDetails(name, duration, waveform), null) : (null, NoFile);
    }

    /// <summary>Reads seconds; returns milliseconds, or null: it is no time that a file may take.</summary>
    public static long? ReadDuration(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= MostSeconds
            ? (long)Math.Round(seconds * 1000)
            : null;

    /// <summary>Returns the array in its shortest form; null: it is none.</summary>
    public static string? ReadWaveform(string? text)
    {
        try
        {
            var bars = text is null ? null : JsonSerializer.Deserialize(text, FilesJson.Default.Int32Array);
            return bars is not null && bars.Length <= MostBars && Array.TrueForAll(bars, bar => bar is >= 0 and <= 100)
                ? $"[{string.Join(',', bars)}]"
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The reader of forms says so by a plain exception; the disk's and the web server's are others.</summary>
    private static bool IsCutOff(Exception e) =>
        e is IOException and not BadHttpRequestException && e.GetType() == typeof(IOException) && !FileProblems.IsDiskFull(e);

    private static string? BoundaryOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)) return null;
        if (!type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)) return null;
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is > 0 and <= BoundaryCharacters ? boundary : null;
    }

    private static string? NameOf(ContentDispositionHeaderValue disposition)
    {
        var name = disposition.FileNameStar.Length > 0 ? disposition.FileNameStar : disposition.FileName;
        return name.Length > 0 ? HeaderUtilities.RemoveQuotes(name).ToString() : null;
    }

    /// <summary>Returns the text of a field; null: it is too long, or no UTF-8.</summary>
    private static async Task<string?> TextAsync(Stream body, CancellationToken ct)
    {
        var bytes = new byte[FieldBytes + 1];
        var read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
        return read <= FieldBytes && Utf8.IsValid(bytes.AsSpan(0, read)) ? Encoding.UTF8.GetString(bytes, 0, read) : null;
    }
}
