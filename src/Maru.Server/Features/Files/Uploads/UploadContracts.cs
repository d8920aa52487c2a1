using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Features.Messages;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Files.Uploads;

/// <summary>An upload in parts.</summary>
/// <param name="Length">bytes that it will have</param>
/// <param name="Offset">bytes that are there</param>
/// <param name="ExpiresAt">it is gone then; each part moves that</param>
/// <param name="File">the file that it became, once it has</param>
[Example("""{ "id": 3, "length": 48213, "offset": 16384, "expiresAt": "2026-11-21T12:50:00.503Z" }""")]
public sealed record ResumableUpload(long Id, long Length, long Offset, DateTimeOffset ExpiresAt, SentFile? File = null);

/// <summary>A file to be put straight to the store.</summary>
/// <param name="Name">as it is called there</param>
/// <param name="Size">bytes: neither more nor fewer can be put</param>
/// <param name="Duration">seconds, of audio and video</param>
/// <param name="Waveform">of a voice message: at most 64 numbers, 0 to 100</param>
[Example("""{ "name": "trip.mp4", "size": 48213000, "duration": 12.5 }""")]
public sealed record PresignedUploadRequest(
    string? Name = null, long? Size = null, double? Duration = null, IReadOnlyList<int>? Waveform = null);

/// <summary>Where to put the bytes of a file.</summary>
/// <param name="Id">of the upload, also below <c>/api/uploads</c></param>
/// <param name="Url">for one PUT with just the bytes as its body, without an access token</param>
/// <param name="Headers">that the PUT must have</param>
/// <param name="ExpiresAt">the address is good until then</param>
[Example(
    """
    {
      "id": 3, "url": "https://s3.example.org/maru/uploads/3/0-1a2b3c4d5e6f7081?X-Amz-Algorithm=AWS4-HMAC-SHA256",
      "headers": { "Content-Type": "application/octet-stream" }, "expiresAt": "2026-11-20T13:05:00.503Z"
    }
    """)]
public sealed record PresignedUpload(long Id, string Url, IReadOnlyDictionary<string, string> Headers, DateTimeOffset ExpiresAt);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ResumableUpload))]
[JsonSerializable(typeof(PresignedUploadRequest))]
[JsonSerializable(typeof(PresignedUpload))]
internal sealed partial class UploadsJson : JsonSerializerContext;
