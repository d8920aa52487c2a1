using Maru.Server.Backup;
using Maru.Server.Features.Files;

namespace Maru.Server.Tests.Backup;

/// <summary>What a backup knows of its parts does not take the server's memory.</summary>
[Trait("Store", "sqlite")]
public sealed class PartListTests(ITestOutputHelper output) : IDisposable
{
    private const int Contents = 300_000;

    private readonly Folder _folder = new();

    [Fact]
    public async Task Many_contents_are_kept_on_the_disk()
    {
        using var list = new PartList(Path.Combine(_folder, "parts.db"));
        list.Want(ContentOf(0));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var id = 1; id < Contents; id++)
        {
            list.Want(ContentOf(id));
            list.MayShare($"files/files/{id}/original.1764500000000", 1);
            list.SumOfShared($"files/files/{id}/original.1764500000000", new string('0', 64));
        }

        var added = 0;
        foreach (var content in list.Missing())
        {
            list.Add($"files/{content.Key}.{content.MadeAt}", new string('a', 64), 1, isShared: false);
            added++;
        }

        var path = Path.Combine(_folder, "SHA256SUMS");
        await list.WriteAsync(path, TestContext.Current.CancellationToken);
        var bytes = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / Contents;
        var disk = new FileInfo(Path.Combine(_folder, "parts.db")).Length / Contents;
        output.WriteLine($"a content: {bytes:F1} bytes of memory, {disk} of disk");
        (added, list.Contents, list.Wanted).ShouldBe((Contents, Contents, Contents));
        (await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken)).Length.ShouldBe(Contents);
        bytes.ShouldBeLessThan(10);
        disk.ShouldBeGreaterThan(100, "they are somewhere else");      // SQLite's own memory is not counted above
        list.Lost(10).Count.ShouldBe(0);
    }

    [Fact]
    public void What_should_be_there_and_what_is_there_are_compared_by_name_and_age()
    {
        using var list = new PartList(Path.Combine(_folder, "parts.db"));
        list.Add("files/files/1/original.1764500000000", "a", 1, isShared: true);
        list.Add("files/files/2/original.1", "b", 1, isShared: false);
        list.Add("maru.db", "c", 1, isShared: false);
        for (var id = 1; id <= 2; id++) list.Want(ContentOf(id));
        list.MayShare("files/files/1/original.1764500000000", 1);
        list.MayShare("files/files/3/original.1764500000000", 1);
        list.Missing().ShouldBe([ContentOf(2)]);
        list.Unwanted().ShouldBe([("files/files/2/original.1", false)]);
        list.Unused().ShouldBe(["files/files/3/original.1764500000000"]);
        list.UnsharedBytes.ShouldBe(1);
        list.Bytes.ShouldBe(3);
        list.Deleted()["files"].ShouldBe([2]);
        list.WantStill(ContentOf(2));
        list.Deleted().ShouldBeEmpty();
        var (count, some) = list.Lost(1);
        (count, some.ShouldHaveSingleItem()).ShouldBe((1, "files/2/original"));
    }

    public void Dispose() => _folder.Dispose();

    private static Content ContentOf(long id) => new("files", id, $"files/{id}/original", 1, 1764500000000);
}
