using System.Security.Cryptography;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Files;

namespace Maru.Server.Tests.Features.Files.Stores;

/// <summary>What a store of files promises, whichever it is.</summary>
public abstract class FileStoreContract : IAsyncLifetime
{
    private protected Folder Sources { get; } = new();

    private protected abstract IFileStore Store { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70_001)]
    [InlineData(20_000_003)]
    public async Task What_was_put_is_read_byte_for_byte(int size)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);
        await PutAsync("files/12/original", bytes);
        await using var stream = await Store.OpenAsync("files/12/original", Ct);
        stream.ShouldNotBeNull();
        (stream.Length, stream.CanSeek, stream.Position).ShouldBe((size, true, 0));
        (await ReadAsync(stream)).SequenceEqual(bytes).ShouldBeTrue();
    }

    [Fact]
    public async Task Any_range_is_read_by_seeking()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        await PutAsync("files/1/original", bytes);
        await using var stream = await Store.OpenAsync("files/1/original", Ct);
        foreach (var (start, length) in ((int, int)[])[(299_990, 10), (0, 10), (10, 100), (150_000, 100_000), (150_000, 1), (299_999, 1)])
        {
            stream!.Seek(start, SeekOrigin.Begin).ShouldBe(start);
            var read = new byte[length];
            await stream.ReadExactlyAsync(read, Ct);
            read.SequenceEqual(bytes.AsSpan(start, length).ToArray()).ShouldBeTrue($"{start}, {length}");
            stream.Position.ShouldBe(start + length);
        }

        stream!.Seek(-5, SeekOrigin.End);
        (await ReadAsync(stream)).ShouldBe(bytes[^5..]);
        (await stream.ReadAsync(new byte[1], Ct)).ShouldBe(0, "it has ended");
        stream.Position = 400_000;
        (await stream.ReadAsync(new byte[1], Ct)).ShouldBe(0, "there is nothing behind the end");
    }

    [Fact]
    public async Task There_is_no_stream_of_what_is_not_there() =>
        (await Store.OpenAsync("files/404/original", Ct)).ShouldBeNull();

    [Fact]
    public async Task Thousands_are_listed_by_how_they_begin()
    {
        await PutAsync("previews/1/picture", [1]);
        (await ListAsync("files/")).ShouldBeEmpty();
        var keys = Enumerable.Range(0, 1001).Select(id => $"files/{id}/original").ToArray();
        foreach (var key in keys) await PutAsync(key, [1]);
        (await ListAsync("files/")).ShouldBe(keys, ignoreOrder: true);
        (await ListAsync("previews/")).ShouldBe(["previews/1/picture"]);

        async Task<List<string>> ListAsync(string above)
        {
            var all = new List<string>();
            await foreach (var key in Store.ListAsync(above, Ct)) all.Add(key);
            return all;
        }
    }

    [Fact]
    public async Task What_is_put_again_replaces_all_of_it()
    {
        await PutAsync("files/1/small", new byte[100_000]);
        await PutAsync("files/1/small", "short"u8.ToArray());
        (await ReadAsync("files/1/small")).ShouldBe("short"u8.ToArray());
    }

    [Fact]
    public Task Readers_see_one_whole_file_while_another_takes_its_place() => ReadWhileReplacedAsync();

    [Fact]
    public async Task Deleted_is_what_was_there_and_the_rest_stays()
    {
        await PutAsync("files/1/original", [1]);
        await PutAsync("files/1/small", [2]);
        await PutAsync("files/10/original", [3]);
        await Store.DeleteAsync(["files/1/original", "files/404/original", "files/1/never"], Ct);
        (await ReadAsync("files/1/original")).ShouldBeNull();
        (await ReadAsync("files/1/small")).ShouldBe([2]);
        (await ReadAsync("files/10/original")).ShouldBe([3]);
        await Store.DeleteAsync(["files/1/original", "files/1/small"], Ct);
        await Store.DeleteAsync([], Ct);
        (await ReadAsync("files/1/small")).ShouldBeNull();
        await PutAsync("files/1/original", [4]);
        (await ReadAsync("files/1/original")).ShouldBe([4]);
    }

    [Fact]
    public async Task Many_are_put_read_and_deleted_at_once()
    {
        await Parallel.ForAsync(0, 60, Ct, async (i, _) =>
        {
            // one folder comes and goes all the time
            var (key, bytes) = ($"uploads/shared/{i}", RandomNumberGenerator.GetBytes(1000 + i));
            await PutAsync(key, bytes);
            (await ReadAsync(key)).ShouldBe(bytes);
            await Store.DeleteAsync([key], Ct);
            (await ReadAsync(key)).ShouldBeNull();
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("files/../../etc/passwd")]
    [InlineData("..")]
    [InlineData("files//1")]
    [InlineData("files/1/")]
    [InlineData("files/./1")]
    [InlineData("files/.hidden")]
    [InlineData("files/a b")]
    [InlineData("files/1\0")]
    [InlineData("files\\1")]
    [InlineData("files/é")]
    public async Task What_is_no_key_is_refused(string key)
    {
        var source = Source([1]);
        await Should.ThrowAsync<ArgumentException>(async () => await Store.PutAsync(key, source, "image/png", Ct));
        await Should.ThrowAsync<ArgumentException>(async () => await Store.OpenAsync(key, Ct));
        await Should.ThrowAsync<ArgumentException>(async () => await Store.DeleteAsync([key], Ct));
        File.Exists(source).ShouldBeTrue();
    }

    [Fact]
    public async Task A_source_that_is_not_there_fails_and_leaves_what_was_there()
    {
        await PutAsync("files/1/original", [1]);
        await Should.ThrowAsync<IOException>(() => Store.PutAsync("files/1/original", $"{Sources.Path}/none", "image/png", Ct));
        (await ReadAsync("files/1/original")).ShouldBe([1]);
    }

    public abstract ValueTask InitializeAsync();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Sources.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected async Task ReadWhileReplacedAsync()
    {
        byte[] one = [.. Enumerable.Repeat((byte)1, 200_000)], two = [.. Enumerable.Repeat((byte)2, 100_000)];
        await PutAsync("files/1/large", one);
        var writer = Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++) await PutAsync("files/1/large", i % 2 == 0 ? two : one);
        });
        var reads = 0;
        do
        {
            try
            {
                var read = await ReadAsync("files/1/large");
                (read!.SequenceEqual(one) || read!.SequenceEqual(two)).ShouldBeTrue($"{read!.Length} bytes");
                reads++;
            }
            catch (FileStoreException)
            {
                // an S3 store has the new one alone
            }
        }
        while (!writer.IsCompleted);
        await writer;
        reads.ShouldBePositive();
    }

    private protected string Source(byte[] bytes)
    {
        var path = $"{Sources.Path}/{Guid.NewGuid():n}";
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private protected Task PutAsync(string key, byte[] bytes) => Store.PutAsync(key, Source(bytes), "application/octet-stream", Ct);

    private protected async Task<byte[]?> ReadAsync(string key)
    {
        await using var stream = await Store.OpenAsync(key, Ct);
        return stream is null ? null : await ReadAsync(stream);
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, Ct);
        return all.ToArray();
    }
}
