using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maru.Server.Platform.Api;

namespace Maru.Server.Features.Guests;

/// <param name="Name">the name that others see: 1 to 80 visible characters of scripts that go together, at most 640 bytes</param>
/// <param name="Device">the name of this session in the list of sessions; else the User-Agent</param>
/// <param name="Cookie">true, from the server's own pages: the refresh token comes as a cookie, and not in the response</param>
[Example("""{"name":"Gil"}""")]
public sealed record GuestRequest([property: Required] string? Name, string? Device = null, bool? Cookie = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(GuestRequest))]
internal sealed partial class GuestJson : JsonSerializerContext;
