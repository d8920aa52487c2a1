using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Messages;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Files;

/// <summary>One of your files.</summary>
[Example(
    """
    {
      "id": 5, "kind": "image", "name": "boat.jpg", "mediaType": "image/jpeg", "size": 48213, "url": "/api/files/5", "width": 800,
      "height": 600, "createdAt": "2026-11-20T12:50:00.503Z"
    }
    """)]
public sealed record UploadedFile(
    long Id, [property: FileKindName] string Kind, string Name, string MediaType, long Size, string Url, DateTimeOffset CreatedAt,
    int? Width = null, int? Height = null, string? Placeholder = null, double? Duration = null, IReadOnlyList<int>? Waveform = null);

/// <param name="Items">the newest first</param>
/// <param name="Used">bytes that your files have</param>
/// <param name="Quota">bytes that they may have</param>
public sealed record UploadedFilePage(IReadOnlyList<UploadedFile> Items, long Used, long Quota, string? Next = null);

/// <summary>A file of a room.</summary>
/// <param name="Seq">of its message</param>
/// <param name="Sender">of its message</param>
/// <param name="At">when that was sent</param>
[Example(
    """
    {
      "id": 5, "kind": "image", "name": "boat.jpg", "mediaType": "image/jpeg", "size": 48213, "url": "/api/files/5", "width": 800,
      "height": 600, "seq": 17, "sender": { "id": 2, "handle": "ben", "name": "Ben" }, "at": "2026-11-20T12:50:00.503Z"
    }
    """)]
public sealed record RoomFile(
    long Id, [property: FileKindName] string Kind, string Name, string MediaType, long Size, string Url, long Seq, User Sender,
    DateTimeOffset At, int? Width = null, int? Height = null, string? Placeholder = null, double? Duration = null,
    IReadOnlyList<int>? Waveform = null);

/// <param name="Items">the newest first</param>
public sealed record RoomFilePage(IReadOnlyList<RoomFile> Items, string? Next = null);

/// <summary>What files may be, so that a client need not send what is refused.</summary>
/// <param name="Bytes">bytes that one file may have, by its kind</param>
/// <param name="PerMessage">files that one message may have</param>
[Example("""{"bytes":{"image":10485760,"video":52428800,"audio":20971520,"document":20971520},"perMessage":10}""")]
public sealed record FileLimits(FileKindBytes Bytes, int PerMessage);

/// <summary>Bytes, by kinds of files.</summary>
[Example("""{"image":10485760,"video":52428800,"audio":20971520,"document":20971520}""")]
public sealed record FileKindBytes(long Image, long Video, long Audio, long Document);

/// <summary>The form of an upload.</summary>
/// <param name="File">the file</param>
/// <param name="Duration">seconds, of audio and video</param>
/// <param name="Waveform">of a voice message: a JSON array of at most 64 numbers, 0 to 100</param>
internal sealed record UploadedForm(IFormFile File, double? Duration = null, string? Waveform = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(UploadedFilePage))]
[JsonSerializable(typeof(RoomFilePage))]
[JsonSerializable(typeof(FileLimits))]
[JsonSerializable(typeof(int[]))]
internal sealed partial class FilesJson : JsonSerializerContext;
