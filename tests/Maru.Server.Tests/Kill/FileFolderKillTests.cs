using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Maru.Server.Features.Messages;
using Maru.Server.Tests.Features.Files;

namespace Maru.Server.Tests.Kill;

/// <summary>A server that is killed at any moment while people upload files, each in one request, to its folder.</summary>
[Trait("Category", "Kill")]
public sealed class FileFolderKillTests
{
    private const int Lives = 6;

    [Fact]
    public async Task Every_acknowledged_file_is_whole_after_kills_and_nothing_else_stays()
    {
        using var folder = new Folder();
        var (tokens, _) = await MaruProcess.SeedAsync(folder, 4, 1);
        var acknowledged = new ConcurrentDictionary<long, (string Token, string? Hash)>();
        var random = new Random(20261129);
        var unfinished = 0;
        for (var life = 0; life < Lives; life++)
        {
            await using var server = await MaruProcess.StartAsync(folder);
            await CheckAsync(server, acknowledged);
            var before = acknowledged.Count;
            var most = before + random.Next(2, 25);
            var uploading = tokens.Select((token, i) => UploadAsync(server, token, (life * 100) + i, acknowledged)).ToArray();
            await Deadline.Until(() => acknowledged.Count >= most, "files to be acknowledged");
            await server.KillAsync();
            await Task.WhenAll(uploading);
            unfinished += Uploads.Contents($"{folder.Path}/files/arriving").Length;
        }

        unfinished.ShouldBeGreaterThan(0, "it was killed amid uploads");
        await using var last = await MaruProcess.StartAsync(folder);
        await CheckAsync(last, acknowledged);
        var own = Directory.EnumerateDirectories($"{folder.Path}/files/arriving").ShouldHaveSingleItem();
        Directory.EnumerateFileSystemEntries(own).ShouldBeEmpty("what arrived when it died is gone");
        Directory.EnumerateFiles($"{folder.Path}/files/.drafts").ShouldBeEmpty();

        // Every content has its row, and every row that is ready its content. Of uploads that were not acknowledged a whole file may stay,
        // and a row that is not ready: the sweep removes that after two hours.
        var rows = await RowsAsync(folder);
        foreach (var content in Directory.EnumerateFiles($"{folder.Path}/files/files", "*", SearchOption.AllDirectories))
        {
            var id = long.Parse(Path.GetFileName(Path.GetDirectoryName(content)!), null);
            rows.ShouldContainKey(id, content);
            if (Path.GetFileName(content) == "original") new FileInfo(content).Length.ShouldBe(rows[id].Size, content);
        }

        foreach (var (id, row) in rows.Where(x => x.Value.IsReady))
        {
            foreach (var variant in row.IsImage ? (string[])["original", "small", "large"] : ["original"])
                File.Exists($"{folder.Path}/files/files/{id}/{variant}").ShouldBeTrue($"{id}, {variant}");
        }

        foreach (var id in acknowledged.Keys) rows[id].IsReady.ShouldBeTrue();
        var (code, lines) = await MaruProcess.RunAsync(["audit", "--contents", .. await MaruProcess.StoreAsync(folder)]);
        code.ShouldBe(0, string.Join('\n', lines));
    }

    /// <summary>Uploads documents and pictures until the server is gone.</summary>
    private static async Task UploadAsync(
        MaruProcess server, string token, int seed, ConcurrentDictionary<long, (string Token, string? Hash)> acknowledged)
    {
        using var http = Client(server, token);
        for (var i = 0; ; i++)
        {
            var isPicture = i % 3 == 2;
            var content = isPicture ? Uploads.Pixel : TusClient.Content(5000 + ((seed + i) * 7919 % 300_000), seed + (i * 1000));
            try
            {
                using var form = Uploads.Form(content, isPicture ? "dot.png" : "report.pdf");
                using var response = await http.PostAsync(new Uri("/api/files", UriKind.Relative), form);
                if ((int)response.StatusCode != 201) continue;
                var file = System.Text.Json.JsonSerializer.Deserialize<SentFile>(
                    await response.Content.ReadAsStringAsync(), System.Text.Json.JsonSerializerOptions.Web)!;
                acknowledged[file.Id] = (token, isPicture ? null : Convert.ToHexString(SHA256.HashData(content)));
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    /// <summary>All that was acknowledged is there, byte for byte.</summary>
    private static async Task CheckAsync(MaruProcess server, ConcurrentDictionary<long, (string Token, string? Hash)> acknowledged)
    {
        foreach (var (id, (token, hash)) in acknowledged)
        {
            using var http = Client(server, token);
            var content = await http.GetByteArrayAsync(new Uri($"/api/files/{id}", UriKind.Relative));
            // A picture is made anew
            if (hash is not null) Convert.ToHexString(SHA256.HashData(content)).ShouldBe(hash);
        }
    }

    private static async Task<Dictionary<long, (long Size, bool IsReady, bool IsImage)>> RowsAsync(Folder folder)
    {
        await using var store = await TestStore.OpenAsync(await TestStore.OfAsync(folder));
        await using var command = store.CreateCommand();
        command.CommandText = "SELECT id, size, coalesce(ready_at, 0), kind FROM files";
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new Dictionary<long, (long, bool, bool)>();
        while (await reader.ReadAsync()) rows[reader.GetInt64(0)] = (reader.GetInt64(1), reader.GetInt64(2) > 0, reader.GetInt64(3) == 1);
        return rows;
    }

    private static HttpClient Client(MaruProcess server, string token)
    {
        var http = ApiCheck.Client(server.Address);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }
}
