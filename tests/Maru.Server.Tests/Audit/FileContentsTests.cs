using Maru.Server.Audit;
using Maru.Server.Features.Files;
using Maru.Server.Features.LinkPreviews;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.LinkPreviews;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Audit;

/// <summary>Contents of files and of preview pictures that are gone, or are not whole, are found in both stores of files.</summary>
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
        var room = await ann.MakeRoomAsync();
        List<long> pictures = [];
        for (var i = 0; i < 4; i++) pictures.Add(await server.ShowPictureAsync(room, (await ann.SayAsync(room)).Seq));
        await server.Service<PreviewStore>().AddPictureAsync(1, 1, Ct);     // its content is about to come
        var (files, previews) = await CheckAsync(server);
        (files.Rows, files.Drift, previews.Rows, previews.Drift).ShouldBe((4, 0, 4, 0));

        await put(pathOf(FileKeys.Of(report.Id, FileKeys.Original)), null);
        await put(pathOf(FileKeys.Of(picture.Id, FileKeys.Small)), []);
        await put(pathOf(FileKeys.Of(picture.Id, FileKeys.Large)), null);
        await put(pathOf(FileKeys.Of(cut.Id, FileKeys.Original)), new byte[10]);
        await ann.Http.SendAsync($"DELETE {gone.Url}").ShouldBe(204);
        await put(pathOf(PreviewPictures.KeyOf(pictures[0])), null);
        await put(pathOf(PreviewPictures.KeyOf(pictures[1])), []);
        await TestStore.ExecuteAsync(
            server.Store,
            $"""
            DELETE FROM message_previews WHERE picture_id IN ({pictures[2]}, {pictures[3]});
            INSERT INTO link_previews (hash, title, picture_id, expires_at) VALUES ('x', 'x', {pictures[2]}, 1)
            """);
        await put(pathOf(PreviewPictures.KeyOf(pictures[2])), null);
        await put(pathOf(PreviewPictures.KeyOf(pictures[3])), null);
        (files, previews) = await CheckAsync(server);
        (files.Rows, previews.Rows).ShouldBe((3, 3));
        previews.First.ShouldBe(
        [
            $"preview picture {pictures[0]}: it is not there", $"preview picture {pictures[1]}: it is empty",
            $"preview picture {pictures[2]}: it is not there",
        ]);
        files.First.Order().ShouldBe(((string[])
        [
            $"file {report.Id}: its original is not there", $"file {picture.Id}: its small is empty",
            $"file {picture.Id}: its large is not there", $"file {cut.Id}: its original has 10 bytes, right is 1000",
        ]).Order());
    }

    private static async Task<(CheckReport Files, CheckReport Previews)> CheckAsync(MaruServer server)
    {
        List<CheckReport> reports = [];
        foreach (var check in server.Service<IEnumerable<IContentCheck>>()) reports.Add(await check.CheckAsync(Ct));
        reports.ShouldAllBe(report => report.Left == report.Drift);
        return (reports.Single(x => x.Name == "contents"), reports.Single(x => x.Name == "pictures"));
    }
}
