using Maru.Engine.Problems;
using Maru.Server.Features.Files;
using Maru.Server.Features.Mentions;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Rooms;
using Maru.Server.Tests.Features.Messages;
using Maru.Server.Tests.Features.Pins;
using Maru.Server.Tests.Features.Rooms;
using Maru.Server.Tests.Features.Search;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Files;

/// <summary>Files from upload to their end, and who may read them when.</summary>
public sealed class FileTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task A_file_is_uploaded_sent_read_and_listed()
    {
        var (ann, ben, room) = await MeetAsync();
        var content = Uploads.Pdf(300_000);
        var file = await ann.UploadAsync(content, "보고서 v2.pdf");
        file.ShouldBe(new SentFile(file.Id, "document", "보고서 v2.pdf", "application/pdf", content.Length, $"/api/files/{file.Id}"));
        (await ben.StatusAsync(file)).ShouldBe(404);
        var sent = await ann.SendAsync(room, "here it is", file);
        sent.Files.ShouldBe([file]);
        (await ben.DownloadAsync(file)).ShouldBe(content);
        (await ben.HistoryAsync(room))[^1].Files.ShouldBe([file]);
        var documents = await ben.Http.SendAsync($"GET /api/rooms/{room.Id}/files?kind=document").Read<RoomFilePage>();
        var listed = documents.Items.ShouldHaveSingleItem();
        (listed.Id, listed.Seq, listed.Sender, listed.At).ShouldBe((file.Id, sent.Seq, ann.User, sent.At));
        (await ben.Http.SendAsync($"GET /api/rooms/{room.Id}/files?kind=image").Read<RoomFilePage>()).Items.ShouldBeEmpty();
        var own = await ann.Http.SendAsync("GET /api/me/files").Read<UploadedFilePage>();
        own.Items.Select(x => x.Id).ShouldBe([file.Id]);
        (own.Used, own.Quota).ShouldBe((content.Length, new FilesOptions().BytesPerUser));
        (await ben.Http.SendAsync("GET /api/me/files").Read<UploadedFilePage>()).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_limits_are_told_before_anything_is_sent()
    {
        await using var small = await MaruServer.StartAsync("--Maru:Files:VideoBytes=7000", "--Maru:Files:DocumentBytes=1000");
        var ann = await small.SignUpAsync();
        var limits = await ann.Http.SendAsync("GET /api/files/limits").Read<FileLimits>();
        limits.ShouldBe(new FileLimits(new FileKindBytes(10 * 1024 * 1024, 7000, 20 * 1024 * 1024, 1000), 10));
        await ann.TryUploadAsync(Uploads.Pdf((int)limits.Bytes.Document)).ShouldBe(201);
        await ann.TryUploadAsync(Uploads.Pdf((int)limits.Bytes.Document + 1)).ShouldRefuse(Problem.TooLarge);
    }

    [Fact]
    public async Task A_message_needs_no_text_where_it_has_files_and_sockets_hear_of_them()
    {
        var (ann, ben, room) = await MeetAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await socket.SubscribeAsync(room.Id);
        SentFile[] files = [await ann.UploadAsync(name: "a.pdf"), await ann.UploadAsync(name: "b.pdf")];
        var sent = await ann.SendAsync(room, null, files);
        sent.Text.ShouldBe("");
        sent.Files.ShouldBe(files);
        var heard = (await socket.EntryAsync()).Json.GetProperty("message").GetProperty("files");
        heard.EnumerateArray().Select(file => file.GetProperty("name").GetString()).ShouldBe(["a.pdf", "b.pdf"]);
        (await ben.TrySendAsync(room, null).ShouldRefuseFields()).ShouldBe(["text"]);
    }

    [Fact]
    public async Task A_reply_quotes_the_files_of_what_it_answers_until_that_is_deleted()
    {
        var (ann, ben, room) = await MeetAsync();
        var file = await ann.UploadAsync(name: "plan.pdf");
        var sent = await ann.SendAsync(room, null, file);
        var plain = await ann.SayAsync(room, "no file");
        foreach (var seq in (long[])[sent.Seq, plain.Seq])
            await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = "and?", replyTo = seq }).ShouldBe(201);
        (await QuotesAsync()).ShouldBe(["plan.pdf", null]);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{sent.Seq}").ShouldBe(204);
        (await QuotesAsync()).ShouldBe([null, null]);

        async Task<IEnumerable<string?>> QuotesAsync() =>
            (await ben.HistoryAsync(room)).Where(x => x.ReplyTo is not null).Select(x => x.Quote!.Files?.Single().Name);
    }

    [Fact]
    public async Task The_text_of_a_message_with_files_can_be_emptied_and_every_reader_sees_files_alone()
    {
        await using var search = await MaruServer.StartAsync(Searching.On);
        var (ann, ben) = (await search.SignUpAsync("ann"), await search.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        await using var socket = await StompSocket.ConnectAsync(search.Address, ben.AccessToken);
        await socket.SubscribeAsync(room.Id);
        var file = await ann.UploadAsync();
        var said = await ann.SendAsync(room, $"caption for @{ben.Handle} https://maru.invalid/", file);
        var reply = await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = "seen", replyTo = said.Seq })
            .Read<Message>(201);
        await search.IndexedAsync();
        (await ben.SearchAsync("caption")).Count.ShouldBe(1);
        await socket.EntryAsync();
        await socket.EntryAsync();

        var edited = await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{said.Seq}", new { text = "" }).Read<Message>();
        (edited.Text, edited.EditedAt is null, edited.Mentions).ShouldBe(("", false, null));
        edited.Files.ShouldBe([file]);
        var heard = await socket.EntryAsync();
        heard.Type.ShouldBe("message.edited");
        heard.Json.GetProperty("message").GetProperty("text").GetString().ShouldBe("");
        heard.Json.GetProperty("message").GetProperty("files").GetArrayLength().ShouldBe(1);
        var history = await ben.HistoryAsync(room);
        history.Single(x => x.Seq == said.Seq).Files.ShouldBe([file]);
        history.Single(x => x.Seq == reply.Seq).Quote!.Text.ShouldBe("");
        (await ben.Http.SendAsync("GET /api/me/mentions").Read<MentionPage>()).Items.ShouldBeEmpty();
        await search.IndexedAsync();
        (await ben.SearchAsync("caption")).ShouldBeEmpty();
        (await ben.SearchAsync("has:file")).ShouldHaveSingleItem().Seq.ShouldBe(said.Seq);

        // The same again changes nothing; a message without files keeps a text, also when its last file goes.
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{said.Seq}", new { text = "" }).ShouldBe(200);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(reply.Seq + 1);
        var newest = await ann.SendAsync(room, "the newest", file);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{newest.Seq}", new { text = "" }).ShouldBe(200);
        var shown = (await ben.Http.SendAsync("GET /api/me/rooms").Read<RoomPage>()).Items.ShouldHaveSingleItem().LastMessage!;
        (shown.Seq, shown.Text, shown.Files.Count).ShouldBe((newest.Seq, "", 1));
        var plain = await ann.SayAsync(room, "plain");
        foreach (var body in (object[])[new { text = "" }, new { text = " " }, new { text = "", files = new[] { file.Id } }])
        {
            (await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{plain.Seq}", body).ShouldRefuseFields()).ShouldBe(["text"]);
        }

        await ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{said.Seq}", new { text = "" }).ShouldRefuse(Problem.Forbidden);
        await ann.Http.SendAsync($"DELETE {file.Url}").ShouldBe(204);
        var bare = $"PATCH /api/rooms/{room.Id}/messages/{said.Seq}";
        (await ann.Http.SendAsync(bare, new { text = "\u200b" }).ShouldRefuseFields()).ShouldBe(["text"]);
        await ann.Http.SendAsync(bare, new { text = "it was here" }).ShouldBe(200);
        await search.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Nobody_sends_a_file_that_is_not_theirs_or_not_there_or_twice_or_too_many()
    {
        var (ann, ben, room) = await MeetAsync();
        var (file, mine) = (await ann.UploadAsync(), await ben.UploadAsync());
        await ann.SendAsync(room, "see", file);
        (await ben.TrySendAsync(room, "mine now", file.Id).ShouldRefuseFields()).ShouldBe(["files"]);
        (await ben.TrySendAsync(room, "none", 999_999).ShouldRefuseFields()).ShouldBe(["files"]);
        (await ben.TrySendAsync(room, "twice", mine.Id, mine.Id).ShouldRefuseFields()).ShouldBe(["files"]);
        (await ben.TrySendAsync(room, "many", [.. Enumerable.Range(1, 11).Select(x => (long)x)]).ShouldRefuseFields()).ShouldBe(["files"]);
        await ben.Http.SendAsync($"DELETE {mine.Url}").ShouldBe(204);
        (await ben.TrySendAsync(room, "gone", mine.Id).ShouldRefuseFields()).ShouldBe(["files"]);
        (await ann.SeeAsync(room)).LastSeq.ShouldBe((await ann.HistoryAsync(room))[^1].Seq);
    }

    [Fact]
    public async Task A_repeated_key_means_the_same_files()
    {
        var (ann, _, room) = await MeetAsync();
        SentFile[] files = [await ann.UploadAsync(), await ann.UploadAsync()];
        var first = await SendAsync(files[0].Id).Read<Message>(201);
        (await SendAsync(files[0].Id).Read<Message>()).Seq.ShouldBe(first.Seq);
        await SendAsync(files[1].Id).ShouldRefuse(Problem.KeyReused);

        Task<HttpResponseMessage> SendAsync(long file)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, $"/api/rooms/{room.Id}/messages")
            {
                Content = System.Net.Http.Json.JsonContent.Create(new { text = "same", files = new[] { file } }),
                Headers = { { "Idempotency-Key", "k" } },
            };
            return ann.Http.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task It_is_read_from_the_moment_of_membership_to_its_end_and_where_the_past_is_hidden_from_then_on()
    {
        var (ann, ben, room) = await MeetAsync();
        var cho = await server.SignUpAsync("cho");
        var file = await ann.UploadAsync();
        await ann.SendAsync(room, "see", file);
        (await cho.StatusAsync(file)).ShouldBe(404);
        await cho.JoinAsync(room);
        (await cho.StatusAsync(file)).ShouldBe(200);
        await cho.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        (await cho.StatusAsync(file)).ShouldBe(404);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { history = "joined" }).ShouldBe(200);
        await cho.JoinAsync(room);
        (await cho.StatusAsync(file)).ShouldBe(404);
        (await cho.Http.SendAsync($"GET /api/rooms/{room.Id}/files").Read<RoomFilePage>()).Items.ShouldBeEmpty();
        (await ben.StatusAsync(file)).ShouldBe(200);
        await server.SignUpAsync();
        using var stranger = await server.Http.GetAsync(file.Url, TestContext.Current.CancellationToken);
        ((int)stranger.StatusCode).ShouldBe(401);
    }

    [Fact]
    public async Task A_deleted_message_takes_its_files_along_unless_they_are_elsewhere_too()
    {
        var (ann, ben, room) = await MeetAsync();
        var other = await ann.MakeRoomAsync(members: ben.Id);
        var (alone, shared) = (await ann.UploadAsync(name: "alone.pdf"), await ann.UploadAsync(name: "shared.pdf"));
        var said = await ann.SendAsync(room, "two", alone, shared);
        var forward = await ben.ForwardAsync(other, room, said.Seq);
        forward.Files.ShouldBe([alone, shared]);
        var single = await ann.SendAsync(room, "again", alone);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{said.Seq}").ShouldBe(204);
        (await ben.HistoryAsync(room)).Single(x => x.Seq == said.Seq).Files.ShouldBeEmpty();
        (await ben.StatusAsync(shared)).ShouldBe(200);      // of the forward
        await ben.Http.SendAsync($"DELETE /api/rooms/{other.Id}/messages/{forward.Seq}").ShouldBe(204);
        (await ann.StatusAsync(shared)).ShouldBe(404);
        (await ann.StatusAsync(alone)).ShouldBe(200);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{single.Seq}").ShouldBe(204);
        (await ann.StatusAsync(alone)).ShouldBe(404);
    }

    [Fact]
    public async Task The_uploader_deletes_a_file_and_it_goes_from_all_messages_which_their_readers_hear()
    {
        var (ann, ben, room) = await MeetAsync();
        var other = await ann.MakeRoomAsync(members: ben.Id);
        SentFile[] files = [await ann.UploadAsync(name: "goes.pdf"), await ann.UploadAsync(name: "stays.pdf")];
        var said = await ann.SendAsync(room, "two", files);
        await ben.ForwardAsync(other, room, said.Seq);
        await using var socket = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await socket.SubscribeAsync(room.Id);
        await ben.Http.SendAsync($"DELETE {files[0].Url}").ShouldRefuse(Problem.NotFound);
        await ann.Http.SendAsync($"DELETE {files[0].Url}").ShouldBe(204);
        await ann.Http.SendAsync($"DELETE {files[0].Url}").ShouldRefuse(Problem.NotFound);
        var heard = await socket.EntryAsync();
        heard.Type.ShouldBe("message.edited");
        heard.Json.GetProperty("message").GetProperty("files").EnumerateArray().Single().GetProperty("id").GetInt64().ShouldBe(files[1].Id);
        (await ben.HistoryAsync(room)).Single(x => x.Seq == said.Seq).Files.ShouldBe([files[1]]);
        (await ben.HistoryAsync(other))[^1].Files.ShouldBe([files[1]]);
        (await ann.StatusAsync(files[0])).ShouldBe(404);
        Directory.Exists(Path.Combine(server.Folder, "files", "files", $"{files[0].Id}")).ShouldBeFalse();
    }

    [Fact]
    public async Task The_picture_of_a_person_or_a_room_is_one_that_they_uploaded_and_everybody_sees_it()
    {
        var (ann, ben, room) = await MeetAsync();
        var cho = await server.SignUpAsync("cho");
        var (mine, secret) = (await ann.UploadAsync(Uploads.Pixel), await ann.UploadAsync(Uploads.Pixel));
        await ann.SendAsync(room, "for us", secret);
        (await cho.StatusAsync(mine)).ShouldBe(404);
        await ann.Http.SendAsync("PATCH /api/me", new { avatarUrl = mine.Url }).ShouldBe(200);
        (await cho.StatusAsync(mine)).ShouldBe(200);

        // What was sent to a few stays theirs, whoever points at it.
        var document = await ann.UploadAsync();
        (await ann.Http.SendAsync("PATCH /api/me", new { avatarUrl = document.Url }).ShouldRefuseFields()).ShouldBe(["avatarUrl"]);
        (await ben.Http.SendAsync("PATCH /api/me", new { avatarUrl = secret.Url }).ShouldRefuseFields()).ShouldBe(["avatarUrl"]);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{ben.Id}", new { role = "admin" }).ShouldBe(204);
        var asRoom = ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { avatarUrl = secret.Url });
        (await asRoom.ShouldRefuseFields()).ShouldBe(["avatarUrl"]);
        (await cho.StatusAsync(secret)).ShouldBe(404);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { avatarUrl = secret.Url }).ShouldBe(200);
        (await cho.StatusAsync(secret)).ShouldBe(200);
        await ann.Http.SendAsync("PATCH /api/me", new { avatarUrl = "" }).ShouldBe(200);
        (await cho.StatusAsync(mine)).ShouldBe(404);
    }

    [Fact]
    public async Task Files_of_a_room_come_page_by_page_the_newest_first()
    {
        var (ann, ben, room) = await MeetAsync();
        List<long> sent = [];
        for (var i = 0; i < 4; i++)
        {
            SentFile[] files = [await ann.UploadAsync(), await ann.UploadAsync(Uploads.Text($"text {i}"), "notes.txt")];
            await ann.SendAsync(room, $"{i}", files);
            sent.AddRange(files.Select(x => x.Id));
        }

        sent.Reverse();
        foreach (var limit in (int[])[1, 3, 8, 200])
        {
            List<long> found = [];
            for (var next = ""; next is not null;)
            {
                var page = await ben.Http.SendAsync($"GET /api/rooms/{room.Id}/files?limit={limit}&after={next}").Read<RoomFilePage>();
                page.Items.Count.ShouldBeLessThanOrEqualTo(limit);
                found.AddRange(page.Items.Select(x => x.Id));
                next = page.Next;
            }

            found.ShouldBe(sent);
        }

        var stranger = await server.SignUpAsync();
        await stranger.Http.SendAsync($"GET /api/rooms/{room.Id}/files").ShouldRefuse(Problem.NotFound);
        (await ben.Http.SendAsync($"GET /api/rooms/{room.Id}/files?kind=song").ShouldRefuseFields()).ShouldBe(["kind"]);
    }

    private async Task<(Person Ann, Person Ben, Room Room)> MeetAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        return (ann, ben, await ann.MakeRoomAsync(members: ben.Id));
    }
}
