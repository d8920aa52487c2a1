using System.Runtime.Versioning;
using Maru.Engine.Problems;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Files;

namespace Maru.Server.Tests.Features.Files.Stores;

[UnsupportedOSPlatform("windows")]
[Trait("Store", "sqlite")]
public sealed class LocalFilesTests : FileStoreContract
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Folder _folder = new();
    private LocalFiles _store = null!;

    private protected override IFileStore Store => _store;

    private string Place => $"{_folder.Path}/store";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_and_folders_are_their_users_alone()
    {
        var source = Source([1, 2, 3]);
        File.SetUnixFileMode(source, OwnerFile | UnixFileMode.OtherRead);
        await _store.PutAsync("files/1/original", source, "image/png", Ct);
        File.GetUnixFileMode($"{Place}/files/1/original").ShouldBe(OwnerFile);
        foreach (var folder in (string[])["", "/files", "/files/1", "/.drafts"])
            File.GetUnixFileMode(Place + folder).ShouldBe(OwnerFile | UnixFileMode.UserExecute);
        File.Exists(source).ShouldBeFalse("it was moved");
    }

    [Fact]
    public async Task Folders_that_are_empty_go()
    {
        await PutAsync("files/1/original", [1]);
        await PutAsync("files/1/small", [1]);
        await _store.DeleteAsync(["files/1/original"], Ct);
        Directory.Exists($"{Place}/files/1").ShouldBeTrue();
        await _store.DeleteAsync(["files/1/small"], Ct);
        Directory.Exists($"{Place}/files").ShouldBeFalse();
        Directory.Exists(Place).ShouldBeTrue();
    }

    [Fact]
    public async Task A_file_of_another_file_system_comes_whole_and_leaves_no_draft()
    {
        await using var disk = await Mount.DiskAsync(Place, "8m");
        _store = new LocalFiles(Place, TimeProvider.System);
        var bytes = Enumerable.Range(0, 3_000_000).Select(x => (byte)(x / 7)).ToArray();
        await PutAsync("files/1/original", bytes);
        (await ReadAsync("files/1/original"))!.SequenceEqual(bytes).ShouldBeTrue();
        File.GetUnixFileMode($"{Place}/files/1/original").ShouldBe(OwnerFile);
        Directory.GetFiles($"{Place}/.drafts").ShouldBeEmpty();
    }

    [Fact]
    public async Task Readers_see_whole_files_also_where_they_come_from_another_file_system()
    {
        await using var disk = await Mount.DiskAsync(Place, "8m");
        _store = new LocalFiles(Place, TimeProvider.System);
        await ReadWhileReplacedAsync();
    }

    [Fact]
    public async Task A_full_disk_is_told_as_such_and_nothing_half_stays()
    {
        await using var disk = await Mount.DiskAsync(Place, "1m");
        _store = new LocalFiles(Place, TimeProvider.System);
        await PutAsync("files/1/original", [1]);
        var full = await Should.ThrowAsync<FileStoreException>(() => PutAsync("files/1/original", new byte[2_000_000]));
        full.Problem.ShouldBe(Problem.StorageFull);
        (await ReadAsync("files/1/original")).ShouldBe([1]);
        Directory.GetFiles($"{Place}/.drafts").ShouldBeEmpty();
    }

    [Fact]
    public void Drafts_of_a_process_that_died_are_deleted_an_hour_later()
    {
        File.WriteAllText($"{Place}/.drafts/half", "");
        var time = new ManualTime();
        File.SetLastWriteTimeUtc($"{Place}/.drafts/half", time.GetUtcNow().UtcDateTime.AddMinutes(-59));
        _ = new LocalFiles(Place, time);
        File.Exists($"{Place}/.drafts/half").ShouldBeTrue();
        time.Advance(TimeSpan.FromMinutes(2));
        _ = new LocalFiles(Place, time);
        File.Exists($"{Place}/.drafts/half").ShouldBeFalse();
    }

    public override ValueTask InitializeAsync()
    {
        _store = new LocalFiles(Place, TimeProvider.System);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
