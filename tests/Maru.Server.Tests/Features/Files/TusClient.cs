using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Maru.Server.Features.Files.Uploads;

namespace Maru.Server.Tests.Features.Files;

/// <summary>Uploads in parts, as a client of the tus protocol makes them.</summary>
internal static class TusClient
{
    private const int LargestPart = 100_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static HttpRequestMessage Request(string method, string path, params (string Name, object Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { { "Tus-Resumable", "1.0.0" } } };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, Convert.ToString(value, CultureInfo.InvariantCulture));
        return request;
    }

    public static string Metadata(params (string Key, string Value)[] pairs) =>
        string.Join(',', pairs.Select(pair => $"{pair.Key} {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Value))}"));

    public static Task<HttpResponseMessage> TryBeginAsync(this HttpClient http, long length, string? metadata = null) => http.SendAsync(
        metadata is null
            ? Request("POST", "/api/uploads", ("Upload-Length", length))
            : Request("POST", "/api/uploads", ("Upload-Length", length), ("Upload-Metadata", metadata)),
        Ct);

    /// <summary>Begins an upload; returns what the server says of it.</summary>
    public static async Task<ResumableUpload> BeginAsync(this HttpClient http, long length, string name = "report.pdf")
    {
        using var response = await http.TryBeginAsync(length, Metadata(("filename", name)));
        ((int)response.StatusCode).ShouldBe(201);
        return await http.SendAsync($"GET {response.Headers.Location}").Read<ResumableUpload>();
    }

    public static Task<ResumableUpload> BeginAsync(this Person person, long length, string name = "report.pdf") =>
        person.Http.BeginAsync(length, name);

    public static Task<HttpResponseMessage> TryAppendAsync(this HttpClient http, ResumableUpload upload, long offset, HttpContent body)
    {
        var request = Request("PATCH", $"/api/uploads/{upload.Id}", ("Upload-Offset", offset));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        request.Content = body;
        return http.SendAsync(request, Ct);
    }

    public static Task<HttpResponseMessage> TryAppendAsync(this HttpClient http, ResumableUpload upload, long offset, byte[] bytes) =>
        http.TryAppendAsync(upload, offset, Body(bytes));

    public static HttpContent Body(byte[] bytes) =>
        new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/offset+octet-stream") } };

    /// <summary>Adds bytes; returns the offset that the server tells then.</summary>
    public static async Task<long> AppendAsync(this HttpClient http, ResumableUpload upload, long offset, byte[] bytes)
    {
        using var response = await http.TryAppendAsync(upload, offset, bytes);
        ((int)response.StatusCode).ShouldBe(204, await response.Content.ReadAsStringAsync(Ct));
        return OffsetOf(response);
    }

    public static Task<long> AppendAsync(this Person person, ResumableUpload upload, long offset, byte[] bytes) =>
        person.Http.AppendAsync(upload, offset, bytes);

    public static Task<ResumableUpload> SeeAsync(this HttpClient http, ResumableUpload upload) =>
        http.SendAsync($"GET /api/uploads/{upload.Id}").Read<ResumableUpload>();

    public static Task<ResumableUpload> SeeAsync(this Person person, ResumableUpload upload) => person.Http.SeeAsync(upload);

    /// <summary>Returns how far the server is, as the protocol asks.</summary>
    public static async Task<long> OffsetAsync(this HttpClient http, ResumableUpload upload)
    {
        using var response = await http.SendAsync(Request("HEAD", $"/api/uploads/{upload.Id}"), Ct);
        ((int)response.StatusCode).ShouldBe(200);
        return OffsetOf(response);
    }

    /// <summary>Sends what is missing, part by part; returns the upload as it is in the end.</summary>
    public static async Task<ResumableUpload> ResumeAsync(
        this HttpClient http, ResumableUpload upload, byte[] content, int part = LargestPart)
    {
        var offset = await http.OffsetAsync(upload);
        while (offset < content.Length)
            offset = await http.AppendAsync(upload, offset, content[(int)offset..(int)Math.Min(content.Length, offset + part)]);
        return await http.SeeAsync(upload);
    }

    public static long OffsetOf(HttpResponseMessage response) =>
        long.Parse(response.Headers.GetValues("Upload-Offset").Single(), CultureInfo.InvariantCulture);

    /// <summary>Bytes that differ all along, which begin as a PDF does.</summary>
    public static byte[] Content(int size, int seed = 1)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        "%PDF-1.7\n"u8[..Math.Min(size, 9)].CopyTo(bytes);
        return bytes;
    }
}
