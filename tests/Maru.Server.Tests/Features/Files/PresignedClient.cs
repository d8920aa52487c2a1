using System.Net.Http.Headers;
using Maru.Server.Features.Files.Uploads;

namespace Maru.Server.Tests.Features.Files;

/// <summary>Uploads straight into the bucket, as a client makes them.</summary>
internal static class PresignedClient
{
    public static Task<HttpResponseMessage> TryPresignAsync(this Person person, object about) =>
        person.Http.SendAsync("POST /api/files/presigned", about);

    public static Task<PresignedUpload> PresignAsync(this Person person, long size, string name = "report.pdf") =>
        person.TryPresignAsync(new { name, size }).Read<PresignedUpload>(201);

    /// <summary>Puts bytes as a client does that knows nothing but the answer.</summary>
    public static async Task<int> PutAsync(this HttpClient http, PresignedUpload upload, byte[] content, string? mediaType = null)
    {
        using var body = new ByteArrayContent(content);
        body.Headers.ContentType = new MediaTypeHeaderValue(mediaType ?? upload.Headers["Content-Type"]);
        using var response = await http.PutAsync(new Uri(upload.Url), body, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    public static Task<HttpResponseMessage> CompleteAsync(this Person person, PresignedUpload upload) =>
        person.Http.SendAsync($"POST /api/files/presigned/{upload.Id}/complete");
}
