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

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ResumableUpload))]
internal sealed partial class UploadsJson : JsonSerializerContext;
