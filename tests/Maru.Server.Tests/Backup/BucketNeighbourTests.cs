using Maru.Server.Backup;
using Maru.Server.Backup.Places;
using Maru.Server.Configuration;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Backup;

/// <summary>Backups in a bucket that has other things too: people's files, what somebody keeps there, another backup.</summary>
[Trait("Store", "sqlite")]
public sealed class BucketNeighbourTests(S3Process s3) : IClassFixture<S3Process>, IAsyncLifetime
{
    private S3Options _options = null!;
    private S3Files _bucket = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Program => Path.Combine(AppContext.BaseDirectory, "maru");

    private string Place => $"s3://{_options.Bucket}/of/maru";

    [Fact]
    public async Task What_is_not_of_backups_stays_where_it_is()
    {
        string[] files = [.. S3Process.SettingsOf(_options), "--Maru:Files:S3:Prefix=live/"];
        await using var server = await MaruServer.StartAsync(files);
        var ann = await server.SignUpAsync();
        var file = await ann.UploadAsync(Uploads.Pdf(fill: 1));
        await ann.SendAsync(await ann.MakeRoomAsync(), "with a file", file);
        string[] others = ["files/7/original", "files/files/7/original", "20200101T000000Z/notes", "20200101T000000Z/with.dot"];
        foreach (var key in others)
        {
            using var content = new MemoryStream([1]);
            await _bucket.PutAsync(key, content, "text/plain", Ct);
        }

        for (var i = 0; i < 2; i++)
        {
            var (code, lines) = await MaruProcess.RunAsync(["backup", Place, "--keep=1", .. All(server), .. files]);
            code.ShouldBe(0, string.Join('\n', lines));
        }

        (await WholeAsync()).Count.ShouldBe(1);
        (await ann.DownloadAsync(file)).ShouldBe(Uploads.Pdf(fill: 1));
        others.Except(await KeysAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("live/", "")]
    [InlineData("", "/of/maru")]
    [InlineData("of/maru/files/", "/of/maru")]
    public async Task Files_and_backups_do_not_lie_in_each_other(string prefix, string place)
    {
        string[] files = [.. S3Process.SettingsOf(_options), $"--Maru:Files:S3:Prefix={prefix}"];
        await using var server = await MaruServer.StartAsync(files);
        var where = $"s3://{_options.Bucket}{place}";
        var (code, lines) = await MaruProcess.RunAsync(["backup", where, .. All(server), .. files]);
        (code, lines.Count).ShouldBe((2, 1), string.Join('\n', lines));
        lines[0].ShouldContain("lie in each other");
        (code, lines) = await MaruProcess.RunAsync(
            ["--urls=http://127.0.0.1:0", $"--Maru:Backup:Folder={where}", "--Maru:Backup:Every=01:00:00", .. All(server), .. files]);
        (code, lines.Count).ShouldBe((2, 1), string.Join('\n', lines));
        lines[0].ShouldContain("lie in each other");
    }

    [Fact]
    public async Task Of_two_that_claim_at_one_moment_one_has_the_place()
    {
        var claims = await Task.WhenAll(TryAsync(), TryAsync());
        var one = claims.Where(x => x is not null).ShouldHaveSingleItem()!;
        await one.CheckAsync(Ct);
        await one.DisposeAsync();
        (await KeysAsync()).ShouldBeEmpty();

        async Task<BucketClaim?> TryAsync()
        {
            try
            {
                return await BucketClaim.TakeAsync(_bucket, Place, Ct);
            }
            catch (StartException)
            {
                return null;
            }
        }
    }

    [Fact]
    public async Task Two_that_begin_together_do_each_other_no_harm()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        await ann.SendAsync(await ann.MakeRoomAsync(), "with a file", await ann.UploadAsync(Uploads.Pdf(300_000)));
        string[] command = ["backup", Place, .. All(server)];
        var ends = await Task.WhenAll(MaruProcess.RunAsync(command), MaruProcess.RunAsync(command));
        var made = ends.Count(x => x.Code == 0);
        made.ShouldBeGreaterThan(0, string.Join('\n', ends.SelectMany(x => x.Lines)));
        using var place = new BucketPlace(_options);
        var whole = await WholeAsync();
        whole.Count.ShouldBe(made);
        foreach (var name in whole) await (await BackupReader.OpenAsync(place, name, Ct)).VerifyAsync((_, _, _) => { }, Ct);
    }

    [Fact]
    public async Task A_claim_is_looked_at_while_it_is_written_anew()
    {
        await using var claim = await BucketClaim.TakeAsync(_bucket, Place, Ct);
        byte[] written;
        await using (var there = await _bucket.OpenAsync("lock", Ct))
        {
            written = new byte[there!.Length];
            await there.ReadExactlyAsync(written, Ct);
        }

        for (var i = 0; i < 200; i++)
        {
            using var next = new MemoryStream([.. written, (byte)('0' + (i % 10))]);
            await Task.WhenAll(claim.CheckAsync(Ct), _bucket.PutAsync("lock", next, "text/plain", Ct));
        }

        claim.Lost.IsCancellationRequested.ShouldBeFalse();
        using var last = new MemoryStream(written);     // what its owner wrote
        await _bucket.PutAsync("lock", last, "text/plain", Ct);
    }

    [Fact]
    public async Task Who_finds_a_part_gone_at_the_end_makes_no_backup()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        await ann.SendAsync(await ann.MakeRoomAsync(), "with a file", await ann.UploadAsync());
        await using var running = MaruProcess.LaunchScript(
            Program, ["backup", Place, .. All(server), "--Maru:Backup:BytesPerSecond=400000"]);
        string? content = null;
        await Deadline.Until(async () => (content = (await KeysAsync("files/")).SingleOrDefault()) is not null, "the content to be copied");
        await _bucket.DeleteAsync([content!], Ct);
        (await running.ExitAsync()).ShouldBe(2, string.Join('\n', running.Lines));
        running.Lines.ShouldHaveSingleItem().ShouldContain("is not there any more");
        (await KeysAsync()).ShouldBeEmpty();
    }

    public async ValueTask InitializeAsync()
    {
        var bucket = await s3.MakeBucketAsync();
        _options = bucket.Of(bucket.Bucket, "of/maru/");
        _bucket = new S3Files(_options);
    }

    public ValueTask DisposeAsync()
    {
        _bucket.Dispose();
        return ValueTask.CompletedTask;
    }

    private string[] All(MaruServer server) => [.. server.Settings(), .. S3Process.BackupSettingsOf(_options)];

    private async Task<IReadOnlyList<string>> WholeAsync()
    {
        using var place = new BucketPlace(_options);
        return (await place.ListAsync(Ct)).Whole;
    }

    private async Task<List<string>> KeysAsync(string above = "")
    {
        var keys = new List<string>();
        await foreach (var key in _bucket.ListAsync(above, Ct)) keys.Add(key);
        return keys;
    }
}
