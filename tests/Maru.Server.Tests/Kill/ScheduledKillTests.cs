using Maru.Server.Features.Messages;
using Maru.Server.Features.Scheduled;
using Maru.Server.Tests.Features.Files;

namespace Maru.Server.Tests.Kill;

/// <summary>A server that is killed while it sends scheduled messages.</summary>
[Trait("Category", "Kill")]
public sealed class ScheduledKillTests
{
    private const int People = 4;
    private const int Messages = 40;    // of each person in each life
    private const int Lives = 3;

    [Fact]
    public async Task Files_of_scheduled_messages_are_sent_with_them_once_across_kills()
    {
        using var killed = await KilledServer<(string Text, long File)>.SeedAsync(People);
        var room = $"/api/rooms/{killed.Rooms[0]}";
        for (var life = 0; life < Lives; life++)
        {
            await killed.LiveAndDieAsync(People * 12, async (person, http, answered) =>
            {
                for (var i = 0; ; i++)
                {
                    var text = $"{person} {life:00} {i:00}";
                    using var form = Uploads.Form(Uploads.Text(text), "a.txt");
                    var file = await http.PostAsync("/api/files", form, TestContext.Current.CancellationToken).Read<SentFile>(201);
                    var at = DateTimeOffset.UtcNow.AddMilliseconds(500);
                    using var response = await http.SendAsync($"POST {room}/scheduled", new { text, at, files = new[] { file.Id } });
                    if ((int)response.StatusCode == 201) answered((text, file.Id));
                }
            });
        }

        await killed.LiveAsync(async people =>
        {
            foreach (var http in people)
            {
                await Deadline.Until(
                    async () => (await http.SendAsync("GET /api/me/scheduled").Read<ScheduledPage>()).Items.Count == 0,
                    "all to be sent");
            }

            foreach (var (_, (text, file)) in killed.Answered)
            {
                var content = await people[^1].GetByteArrayAsync($"/api/files/{file}", TestContext.Current.CancellationToken);
                content.ShouldBe(Uploads.Text(text));
            }

            return true;
        });
        await using var store = await killed.OpenStoreAsync();
        const string sql =
            """
            SELECT m.text, p.file_id FROM messages m JOIN message_files p ON p.room_id = m.room_id AND p.seq = m.seq
            WHERE m.room_id = @room ORDER BY m.seq
            """;
        var sent = await Verdict.RowsAsync(store, sql, killed.Rooms[0], row => (row.GetString(0), row.GetInt64(1)));
        sent.ShouldBeUnique();
        killed.Answered.Select(x => x.What).ShouldBeSubsetOf(sent);
        (await Verdict.RowsAsync(store, "SELECT file_id FROM scheduled_files WHERE @room > 0", killed.Rooms[0], row => row.GetInt64(0)))
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task Scheduled_messages_that_were_accepted_are_sent_once_each_across_kills_in_the_order_of_each_person()
    {
        using var killed = await KilledServer<string>.SeedAsync(People);
        var room = $"/api/rooms/{killed.Rooms[0]}";
        for (var life = 0; life < Lives; life++)
        {
            // Killed when everything is accepted, and some of it was seen to be sent.
            await killed.LiveAndDieAsync((People * Messages) + 30, async (person, http, answered) =>
            {
                for (var i = 0; i < Messages; i++)
                {
                    var (text, status) = ($"{person} {life:00} {i:00}", 0);
                    do
                    {
                        var at = DateTimeOffset.UtcNow.AddMilliseconds(700 + i);
                        using var response = await http.SendAsync($"POST {room}/scheduled", new { text, at });
                        status = (int)response.StatusCode;
                    }
                    while (status == 400);      // the machine was too busy: that time has passed
                    if (status != 201) return;
                    answered(text);
                }

                for (var seen = 0; ;)
                {
                    var waits = (await http.SendAsync("GET /api/me/scheduled?limit=200").Read<ScheduledPage>()).Items.Count;
                    for (; seen < Messages - waits; seen++) answered("");
                }
            });
        }

        await killed.LiveAsync(async people =>
        {
            foreach (var http in people)
            {
                await Deadline.Until(
                    async () => (await http.SendAsync("GET /api/me/scheduled").Read<ScheduledPage>()).Items.Count == 0,
                    "all to be sent");
            }

            return true;
        });
        await using var store = await killed.OpenStoreAsync();
        const string sql = "SELECT text FROM messages WHERE room_id = @room AND type = 0 AND text <> '' ORDER BY seq";
        var sent = await Verdict.RowsAsync(store, sql, killed.Rooms[0], row => row.GetString(0));
        sent.ShouldBeUnique();
        killed.Answered.Select(x => x.What).Where(text => text.Length > 0).ShouldBeSubsetOf(sent);
        for (var person = 0; person < People; person++)
        {
            var own = sent.Where(text => text[0] == '0' + person).ToArray();
            own.ShouldBe(own.Order(StringComparer.Ordinal));
        }
    }
}
