using Dapper;
using Maru.Engine.Log;
using Maru.Server.Features.Messages;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.LinkPreviews;

namespace Maru.Server.Tests.Kill;

/// <summary>A server that is killed while it makes previews.</summary>
[Trait("Category", "Kill")]
public sealed class PreviewKillTests
{
    [Fact]
    public async Task Previews_that_were_seen_survive_kills_and_rows_files_and_messages_agree()
    {
        await using var site = new WebSite();
        using var killed = await KilledServer<(long Seq, Preview Preview)>.SeedAsync(
            people: 6, settings: "--Maru:LinkPreviews:AllowedNetworks=127.0.0.1");
        var list = $"/api/rooms/{killed.Rooms[0]}/messages";
        for (var life = 0; life < 3; life++)
        {
            var first = life * 1000;
            await killed.LiveAndDieAsync(8, async (person, http, answered) =>
            {
                for (var i = first; ; i++)
                {
                    var message = await http.SendAsync($"POST {list}", new { text = Link($"/{person}/{i}") }).Read<Message>(201);
                    answered((message.Seq, await PreviewAsync(http, message.Seq)));
                }
            });
        }

        var fetching = Path.Combine(killed.Folder, "files", "fetching");
        var dead = Directory.EnumerateDirectories(fetching).ShouldHaveSingleItem();
        await killed.LiveAsync(async people =>
        {
            Directory.Exists(dead).ShouldBeFalse("what the dead server left is gone");
            foreach (var (_, (seq, preview)) in killed.Answered)
            {
                var message = await people[0].SendAsync($"GET {list}/{seq}").Read<Message>();
                message.Previews.ShouldNotBeNull().ShouldBe([preview]);
                IsWhole(await people[^1].GetByteArrayAsync(preview.Image!.Url, TestContext.Current.CancellationToken)).ShouldBeTrue();
            }

            // It goes on, also with an address that it was asking for when it was killed.
            var messages = (await people[0].SendAsync($"GET {list}?limit=200").Read<MessagePage>()).Items;
            Message[] lost = [.. messages.Where(x => x.Previews is null && x.Text.Length > 0)];
            lost.ShouldNotBeEmpty();
            foreach (var message in lost)
            {
                var repeated = await people[0].SendAsync($"POST {list}", new { text = message.Text }).Read<Message>(201);
                await PreviewAsync(people[0], repeated.Seq);
            }

            return true;
        });

        var (code, lines) = await MaruProcess.RunAsync(["audit", .. await MaruProcess.StoreAsync(killed.Folder)]);
        code.ShouldBe(0, string.Join('\n', lines));
        await using var store = await killed.OpenStoreAsync();
        var faults = await store.QueryAsync<string>(
            """
            SELECT 'a message without its entry: ' || m.seq FROM messages m
            WHERE (m.previews IS NOT NULL) <> EXISTS (
              SELECT 1 FROM changes c WHERE c.room_id = m.room_id AND c.target_seq = m.seq AND c.type = @preview)
            UNION ALL
            SELECT 'a picture that is not there: ' || p.picture_id FROM message_previews p
              LEFT JOIN preview_pictures x ON x.id = p.picture_id AND x.deleted_at IS NULL WHERE x.id IS NULL
            UNION ALL
            SELECT 'an address whose picture is not there: ' || y.hash FROM link_previews y
              LEFT JOIN preview_pictures x ON x.id = y.picture_id AND x.deleted_at IS NULL WHERE y.picture_id IS NOT NULL AND x.id IS NULL
            """,
            new { preview = EntryKind.MessagePreview.Number });
        faults.ShouldBeEmpty();

        var shown = await store.QueryAsync<long>(
            "SELECT picture_id FROM message_previews UNION SELECT picture_id FROM link_previews WHERE picture_id IS NOT NULL");
        shown.Count().ShouldBeGreaterThanOrEqualTo(killed.Answered.Count);
        foreach (var id in shown) IsWhole(await File.ReadAllBytesAsync(Path.Combine(Kept(), $"{id}", "picture"))).ShouldBeTrue();
        var rows = (await store.QueryAsync<long>("SELECT id FROM preview_pictures")).ToHashSet();
        Directory.EnumerateDirectories(Kept()).Select(folder => long.Parse(Path.GetFileName(folder))).ShouldBeSubsetOf(rows);

        string Kept() => Path.Combine(killed.Folder, "files", "previews");

        string Link(string path)
        {
            site.Serve(path, $"<title>Page {path}</title><meta property=og:image content='/picture?{path}'>");
            site.Serve($"/picture?{path}", Uploads.Pixel, "image/png");
            return site.At(path).AbsoluteUri;
        }

        async Task<Preview> PreviewAsync(HttpClient http, long seq)
        {
            Preview? found = null;
            await Deadline.Until(
                async () => (found = (await http.SendAsync($"GET {list}/{seq}").Read<Message>()).Previews?.Single()) is not null,
                "a preview");
            return found!;
        }
    }

    /// <summary>Returns whether a picture is WebP, and as long as it says.</summary>
    private static bool IsWhole(byte[] picture) =>
        picture.AsSpan(0, 4).SequenceEqual("RIFF"u8) && BitConverter.ToUInt32(picture, 4) + 8 == picture.Length;
}
