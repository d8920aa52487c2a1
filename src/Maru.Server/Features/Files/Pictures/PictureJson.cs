using System.Text.Json.Serialization;

namespace Maru.Server.Features.Files.Pictures;

/// <summary>The lines between the server and a process that makes pictures.</summary>
[JsonSerializable(typeof(PictureRequest))]
[JsonSerializable(typeof(PictureAnswer))]
internal sealed partial class PictureJson : JsonSerializerContext;
