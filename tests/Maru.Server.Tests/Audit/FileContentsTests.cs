using Maru.Server.Features.Files;
using Maru.Server.Tests.Features.Files;

namespace Maru.Server.Tests.Audit;

/// <summary>Contents that are gone, or are not whole, are found in both stores of files.</summary>
public sealed class FileContentsTests(S3Process s3) : IClassFixture<S3Process>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Contents_that_are_missing_cut_off_or_empty_are_found_in_a_folder()
    {
        await using var server = await MaruServer.StartAsync();
        await FindAsync(server, key => $"{server.Folder}/files/{key}", (path, content) =>
        {
            if (content is null) File.Delete(path);
            else File.WriteAllBytes(path, content);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Contents_that_are_missing_cut_off_or_empty_are_found_in_a_bucket()
    {
        var options = await s3.MakeBucketAsync();
        await using var server = await MaruServer.StartAsync(S3Process.SettingsOf(options));
        using var http = new HttpClient();
        await FindAsync(server, key => $"{s3.Address}/{options.Bucket}/{key}", async (path, content) =>
        {
            using var response = content is null
                ? await http.DeleteAsync(new Uri(path), Ct)
                : await http.PutAsync(new Uri(path), TusClient.Body(content), Ct);
            response.EnsureSuccessStatusCode();
        });
    }

    [Fact]
    public async Task The_program_tells_it_by_its_exit_code_and_leaves_uploads_alone()
    {
        using var folder = new Folder();
        var (tokens, _) = await MaruProcess.SeedAsync(folder, 2, 1);
        await using var server = await MaruProcess.StartAsync(folder, "--Maru:Files:UploadBytesPerSecond=1000000");
        using var http = ApiCheck.Client(server.Address);
        http.DefaultRequestHeaders.Authorization = new("Bearer", tokens[0]);
        using var small = Uploads.Form(Uploads.Pdf(), "a.pdf");
        await http.PostAsync(new Uri("/api/files", UriKind.Relative), small, Ct).ShouldBe(201);

        // takes some seconds
        using var large = Uploads.Form(TusClient.Content(12_000_000), "b.pdf");
        var uploading = http.PostAsync(new Uri("/api/files", UriKind.Relative), large, Ct);
        await Deadline.Until(
            () => Uploads.Contents($"{folder.Path}/files/arriving").Length > 0, "it to arrive");
        (await AuditAsync()).Code.ShouldBe(0);
        uploading.IsCompleted.ShouldBeFalse();
        await uploading.ShouldBe(201);

        File.Delete($"{folder.Path}/files/files/1/original");
        (await MaruProcess.RunAsync(["audit", .. await MaruProcess.StoreAsync(folder)])).Code.ShouldBe(0, "it was not to look there");
        var (code, lines) = await AuditAsync();
        code.ShouldBe(1);
        lines.ShouldContain(line => line.Contains("file 1: its original is not there", StringComparison.Ordinal));

        async Task<(int Code, IReadOnlyList<string> Lines)> AuditAsync() =>
            await MaruProcess.RunAsync(["audit", "--contents", .. await MaruProcess.StoreAsync(folder)]);
    }

    /// <param name="pathOf">where a key lies</param>
    /// <param name="put">puts other bytes there; null: takes it away</param>
    private static async Task FindAsync(MaruServer server, Func<string, string> pathOf, Func<string, byte[]?, Task> put)
    {
        var ann = await server.SignUpAsync();
        var (report, picture) = (await ann.UploadAsync(), await ann.UploadAsync(Uploads.Pixel, "dot.png"));
        var (cut, gone) = (await ann.UploadAsync(), await ann.UploadAsync());
        var (all, none) = await CheckAsync(server);
        (all, none.Count).ShouldBe((4, 0));

        await put(pathOf(FileKeys.Of(report.Id, FileKeys.Original)), null);
        await put(pathOf(FileKeys.Of(picture.Id, FileKeys.Small)), []);
        await put(pathOf(FileKeys.Of(picture.Id, FileKeys.Large)), null);
        await put(pathOf(FileKeys.Of(cut.Id, FileKeys.Original)), new byte[10]);
        await ann.Http.SendAsync($"DELETE {gone.Url}").ShouldBe(204);
        var (rows, found) = await CheckAsync(server);
        rows.ShouldBe(3);
        found.Order().ShouldBe(((string[])
        [
            $"file {report.Id}: its original is not there", $"file {picture.Id}: its small is empty",
            $"file {picture.Id}: its large is not there", $"file {cut.Id}: its original has 10 bytes, right is 1000",
        ]).Order());
    }

    private static async Task<(long Rows, IReadOnlyList<string> Found)> CheckAsync(MaruServer server)
    {
        var report = await server.Service<FileContents>().CheckAsync(Ct);
        report.Left.ShouldBe(report.Drift);
        return (report.Rows, report.First);
    }
}
