using Maru.Server.Configuration;
using Maru.Server.Features.Files.Stores;

namespace Maru.Server.Tests.Features.Files.Stores;

/// <summary>The store in a bucket, against a server that is not ours.</summary>
[Trait("Store", "sqlite")]
public sealed class S3FilesTests(S3Process s3) : FileStoreContract, IClassFixture<S3Process>
{
    private S3Options _options = null!;
    private S3Files _store = null!;

    private protected override IFileStore Store => _store;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Installations_share_a_bucket_by_their_prefixes()
    {
        using var other = new S3Files(With(_options, prefix: "other/"));
        await other.PutAsync("files/1/original", Source([2]), "image/png", Ct);
        await PutAsync("files/1/original", [1]);
        await other.DeleteAsync(["files/1/original"], Ct);
        (await ReadAsync("files/1/original")).ShouldBe([1]);
        (await other.OpenAsync("files/1/original", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Thousands_are_deleted_in_several_requests()
    {
        await PutAsync("files/2499/original", [1]);
        await PutAsync("files/0/original", [1]);
        await _store.DeleteAsync([.. Enumerable.Range(0, 2500).Select(id => $"files/{id}/original")], Ct);
        (await ReadAsync("files/0/original")).ShouldBeNull();
        (await ReadAsync("files/2499/original")).ShouldBeNull();
    }

    [Fact]
    public async Task A_start_needs_the_bucket_and_never_tells_the_keys()
    {
        await _store.CheckAsync(Ct);
        using var none = new S3Files(new S3Options
        {
            Endpoint = s3.Address,
            Bucket = "not-there",
            AccessKey = "the-key-id",
            SecretKey = "the-secret",
        });
        var refused = await Should.ThrowAsync<StartException>(() => none.CheckAsync(Ct));
        refused.Message.ShouldBe($"Maru:Files:S3:Bucket not-there at {s3.Address} is not there. Make it, or correct the name.");
        refused.ToString().ShouldNotContain("the-");
    }

    [Theory]
    [InlineData("--Maru:Files:S3:Bucket=b", "Bucket needs AccessKey and SecretKey.")]
    [InlineData("--Maru:Files:S3:Endpoint=https://s3.example.org", "Endpoint needs Bucket.")]
    [InlineData("--Maru:Files:S3:Endpoint=ftp://s3.example.org", "Endpoint must be http(s)://host[:port].")]
    [InlineData("--Maru:Files:S3:Prefix=no-slash", "Prefix must be words")]
    public async Task Settings_that_cannot_be_meant_end_the_start(string setting, string reason) =>
        (await Should.ThrowAsync<StartException>(() => MaruServer.StartAsync(setting))).Message.ShouldContain(reason);

    public override async ValueTask InitializeAsync()
    {
        _options = await s3.MakeBucketAsync();
        _store = new S3Files(_options);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _store.Dispose();
    }

    private static S3Options With(S3Options options, string prefix) => new()
    {
        Endpoint = options.Endpoint,
        Bucket = options.Bucket,
        AccessKey = options.AccessKey,
        SecretKey = options.SecretKey,
        Prefix = prefix,
    };
}
