using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Maru.Engine.Problems;
using Maru.Server.Platform;

namespace Maru.Server.Features.Files.Uploads;

/// <summary>The headers of the tus protocol, 1.0.0: https://tus.io/protocols/resumable-upload</summary>
internal static class TusHeaders
{
    public const string Version = "1.0.0";
    public const string Extensions = "creation,expiration,termination";
    public const string PartType = "application/offset+octet-stream";

    public const string Resumable = "Tus-Resumable";
    public const string Versions = "Tus-Version";
    public const string Extension = "Tus-Extension";
    public const string MaxSize = "Tus-Max-Size";
    public const string Offset = "Upload-Offset";
    public const string Length = "Upload-Length";
    public const string DeferLength = "Upload-Defer-Length";
    public const string Metadata = "Upload-Metadata";
    public const string Expires = "Upload-Expires";

    private const int MetadataCharacters = 4096;

    /// <summary>
    /// Says the version, and refuses requests of another one. GET is not of the protocol and needs none; nor does HEAD, which is GET
    /// without its body.
    /// </summary>
    public static ValueTask<object?> CheckAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var (request, response) = (invocation.HttpContext.Request, invocation.HttpContext.Response);
        response.Headers[Resumable] = Version;
        if (request.Headers[Resumable] is [Version] || HttpMethods.IsGet(request.Method) || HttpMethods.IsOptions(request.Method))
            return next(invocation);
        if (HttpMethods.IsHead(request.Method) && request.Headers[Resumable].Count == 0) return next(invocation);
        response.Headers[Versions] = Version;
        return ValueTask.FromResult<object?>(Problems.PreconditionFailed.Result($"The request must come with {Resumable}: {Version}."));
    }

    /// <summary>Reads a number of bytes; null: it is none.</summary>
    public static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Says how far the upload is.</summary>
    public static void Tell(HttpResponse response, Upload upload, long received)
    {
        response.Headers[Offset] = received.ToString(CultureInfo.InvariantCulture);
        response.Headers[Expires] = DateTimeOffset.FromUnixTimeMilliseconds(upload.ExpiresAt).ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>Returns what is wrong with metadata; null: nothing.</summary>
    public static Refusal? Check(string? metadata)
    {
        if (metadata is null) return null;
        if (metadata.Length > MetadataCharacters) return Wrong($"may have {MetadataCharacters} characters.");
        if (Read(metadata) is not { } values) return Wrong("must be keys, each with a value in base64 behind a blank, between commas.");
        if (values.TryGetValue("duration", out var duration) && UploadForm.ReadDuration(duration) is null)
            return Wrong("must have seconds as duration, or none.");
        return values.TryGetValue("waveform", out var waveform) && UploadForm.ReadWaveform(waveform) is null
            ? Wrong("must have a JSON array of numbers, 0 to 100, as waveform, or none.")
            : null;
    }

    /// <summary>Returns what good metadata say about the file.</summary>
    public static FileDetails Details(string? metadata)
    {
        var values = Read(metadata ?? "") ?? [];
        return new FileDetails(
            values.GetValueOrDefault("filename"),
            UploadForm.ReadDuration(values.GetValueOrDefault("duration")),
            UploadForm.ReadWaveform(values.GetValueOrDefault("waveform")));
    }

    /// <summary>Returns metadata that say this; null: they say nothing.</summary>
    public static string? Write(string? name, double? duration, IReadOnlyList<int>? waveform)
    {
        (string Key, string? Value)[] all =
        [
            ("filename", name), ("duration", duration?.ToString("0.###", CultureInfo.InvariantCulture)),
            ("waveform", waveform is null ? null : $"[{string.Join(',', waveform)}]"),
        ];
        var said = all.Where(x => x.Value is not null)
            .Select(x => $"{x.Key} {Convert.ToBase64String(Encoding.UTF8.GetBytes(x.Value!))}").ToArray();
        return said.Length == 0 ? null : string.Join(',', said);
    }

    private static Refusal Wrong(string reason) => new(Problem.Invalid, $"{Metadata} {reason}", Metadata);

    /// <summary>Upload-Metadata = key [SP base64] *("," key [SP base64]); null: it is none.</summary>
    private static Dictionary<string, string>? Read(string metadata)
    {
        var values = new Dictionary<string, string>();
        foreach (var pair in metadata.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (key, encoded) = pair.Split(' ') is [var first, .. var rest] ? (first, string.Concat(rest)) : (pair, "");
            var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length) + 3];
            if (!Convert.TryFromBase64String(encoded, bytes, out var count) || !Utf8.IsValid(bytes.AsSpan(0, count))) return null;
            if (!values.TryAdd(key, Encoding.UTF8.GetString(bytes, 0, count))) return null;
        }

        return values;
    }
}
