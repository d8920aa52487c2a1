using System.Net.Http.Headers;
using System.Text;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Rooms;
using Maru.Server.Files;

namespace Maru.Server.Tests.Features.Files;

/// <summary>What people do with files, as a test says it.</summary>
internal static class Uploads
{
    /// <summary>A picture of one red pixel.</summary>
    public static readonly byte[] Pixel = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4"
        + "z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC");

    /// <summary>A PDF as far as its first bytes say, with a byte of its own.</summary>
    public static byte[] Pdf(int size = 1000, byte fill = 1) => [.. "%PDF-1.7\n"u8, .. Enumerable.Repeat(fill, size - 9)];

    public static Task<HttpResponseMessage> TryUploadAsync(
        this Person person, byte[] content, string? name = "report.pdf", params (string Name, string Value)[] fields)
    {
        var form = Form(content, name);
        foreach (var (field, value) in fields) form.Add(new StringContent(value), field);
        return person.Http.PostAsync("/api/files", form, TestContext.Current.CancellationToken);
    }

    public static MultipartFormDataContent Form(byte[] content, string? name)
    {
        var file = new ByteArrayContent(content);
        file.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "file" };
        if (name is not null) file.Headers.ContentDisposition.FileNameStar = name;
        return [file];
    }

    public static Task<SentFile> UploadAsync(
        this Person person, byte[]? content = null, string name = "report.pdf", params (string Name, string Value)[] fields) =>
        person.TryUploadAsync(content ?? Pdf(), name, fields).Read<SentFile>(201);

    public static Task<HttpResponseMessage> TrySendAsync(this Person person, Room room, string? text, params long[] files) =>
        person.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text, files });

    public static Task<Message> SendAsync(this Person person, Room room, string? text, params SentFile[] files) =>
        person.TrySendAsync(room, text, [.. files.Select(file => file.Id)]).Read<Message>(201);

    public static async Task<byte[]> DownloadAsync(this Person person, SentFile file)
    {
        using var response = await person.Http.GetAsync(file.Url, TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(200);
        return await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    public static async Task<int> StatusAsync(this Person person, SentFile file)
    {
        using var response = await person.Http.GetAsync(file.Url, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    /// <summary>The files below the server's folder of files.</summary>
    public static string[] Contents(this MaruServer server) => Contents(Path.Combine(server.Folder, "files"));

    /// <summary>The files below a folder of files, without the locks of processes.</summary>
    public static string[] Contents(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith(ScratchFolder.LockSuffix, StringComparison.Ordinal)).Order(),
    ];

    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
