using Dapper;
using Maru.Server.Features.Messages;
using Maru.Server.Tests.Features.Files;

namespace Maru.Server.Tests.Kill;

/// <summary>A server that is killed while people upload and send.</summary>
[Trait("Category", "Kill")]
public sealed class FileKillTests
{
    [Fact]
    public async Task A_file_that_was_acknowledged_is_whole_and_where_a_message_has_it()
    {
        using var killed = await KilledServer<(long File, byte Fill, long Seq)>.SeedAsync(people: 6);
        for (var life = 0; life < 3; life++)
        {
            await killed.LiveAndDieAsync(20, async (person, http, answered) =>
            {
                for (var i = 0; ; i++)
                {
                    var fill = (byte)((person * 40) + i);
                    using var form = Uploads.Form(Uploads.Pdf(200_000, fill), "a.pdf");
                    var file = await http.PostAsync("/api/files", form, TestContext.Current.CancellationToken).Read<SentFile>(201);
                    var message = await http
                        .SendAsync($"POST /api/rooms/{killed.Rooms[0]}/messages", new { files = new[] { file.Id } }).Read<Message>(201);
                    answered((file.Id, fill, message.Seq));
                }
            });
        }

        await killed.LiveAsync(async people =>
        {
            foreach (var (_, (file, fill, seq)) in killed.Answered)
            {
                var message = await people[0].SendAsync($"GET /api/rooms/{killed.Rooms[0]}/messages/{seq}").Read<Message>();
                message.Files.Select(x => x.Id).ShouldBe([file]);
                var content = await people[^1].GetByteArrayAsync($"/api/files/{file}", TestContext.Current.CancellationToken);
                content.ShouldBe(Uploads.Pdf(200_000, fill));
            }

            return true;
        });
        await using var store = await killed.OpenStoreAsync();
        var faults = await store.QueryAsync<long>(
            """
            SELECT p.file_id FROM message_files p LEFT JOIN files f ON f.id = p.file_id WHERE f.ready_at IS NULL
            UNION ALL
            SELECT m.seq FROM messages m WHERE (m.files IS NULL) = EXISTS (
              SELECT 1 FROM message_files p WHERE p.room_id = m.room_id AND p.seq = m.seq)
            """);
        faults.ShouldBeEmpty();
    }
}
