using System.Net.Http.Json;
using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Rooms;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Messages;

public sealed class SendTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task A_message_carries_its_sender_its_seq_and_its_time()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        using var answer = await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = "hello" });
        answer.Headers.Location!.ToString().ShouldBe($"/api/rooms/{room.Id}/messages/1");
        var message = await Task.FromResult(answer).Read<Message>(201);
        message.ShouldBeEquivalentTo(new Message(room.Id, 1, "message", ann.User, "hello", message.At, message.Reactions, message.Files));
        (message.Reactions.Count, message.Files.Count).ShouldBe((0, 0));
        message.At.ShouldBeInRange(before, DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task A_retry_with_the_same_key_is_the_first_message()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var answer = await PostAsync(ann, room, "key 1", new { text = "once" });
            return ((int)answer.StatusCode, (await Task.FromResult(answer).Read<Message>((int)answer.StatusCode)).Seq);
        }));
        answers.Count(x => x == (201, 1L)).ShouldBe(1);
        answers.Count(x => x == (200, 1L)).ShouldBe(19);
        (await ann.HistoryAsync(room)).ShouldHaveSingleItem().ClientKey.ShouldBe("key 1");
    }

    [Fact]
    public async Task The_same_key_with_other_content_is_refused()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await PostAsync(ann, room, "k", new { text = "one" }).ShouldBe(201);
        await PostAsync(ann, room, "k", new { text = "two" }).ShouldRefuse(Problem.KeyReused);
        await PostAsync(ann, room, "k", new { text = "one", replyTo = 1 }).ShouldRefuse(Problem.KeyReused);
        await PostAsync(ann, room, "k2", new { text = "two" }).ShouldBe(201);
    }

    [Fact]
    public async Task A_retry_is_answered_also_after_edit_and_deletion()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await PostAsync(ann, room, "k", new { text = "one" }).ShouldBe(201);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/1", new { text = "uno" }).ShouldBe(200);
        (await PostAsync(ann, room, "k", new { text = "one" }).Read<Message>()).Text.ShouldBe("uno");
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/1").ShouldBe(204);
        var repeat = await PostAsync(ann, room, "k", new { text = "one" }).Read<Message>();
        (repeat.Seq, repeat.Text).ShouldBe((1, ""));
        repeat.DeletedAt.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(129)]
    public async Task A_key_has_1_to_128_bytes(int length)
    {
        var key = new string('x', length);
        var ann = await server.SignUpAsync();
        (await PostAsync(ann, await ann.MakeRoomAsync(), key, new { text = "x" }).ShouldRefuseFields()).ShouldBe(["Idempotency-Key"]);
    }

    [Theory]
    [InlineData("caf\u00c3\u00a9", true)]
    [InlineData("caf\u00e9", false)]
    public async Task A_key_is_UTF_8_and_says_so_where_it_is_not(string latin1, bool isTaken)
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.Latin1 };
        using var http = ApiCheck.Client(server.Address, handler);
        http.DefaultRequestHeaders.Authorization = ann.Http.DefaultRequestHeaders.Authorization;
        var sent = PostAsync(ann with { Http = http }, room, latin1, new { text = "x" });
        if (isTaken) (await sent.Read<Message>(201)).ClientKey.ShouldBe("caf\u00e9");
        else (await sent.ShouldRefuseFields()).ShouldBe(["Idempotency-Key"]);
    }

    [Fact]
    public async Task A_text_has_16_KiB_at_most()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await PostAsync(ann, room, null, new { text = new string('x', 16 * 1024) }).ShouldBe(201);
        await PostAsync(ann, room, null, new { text = new string('x', (16 * 1024) + 1) }).ShouldRefuse(Problem.TooLarge);
        await PostAsync(ann, room, null, new { text = new string('x', 300 * 1024) }).ShouldRefuse(Problem.TooLarge);
    }

    [Fact]
    public async Task A_reply_names_a_message_of_the_room()
    {
        var ann = await server.SignUpAsync();
        var (room, other) = (await ann.MakeRoomAsync(), await ann.MakeRoomAsync());
        await ann.SayAsync(room, "question");
        (await PostAsync(ann, room, null, new { text = "answer", replyTo = 1 }).Read<Message>(201)).ReplyTo.ShouldBe(1);
        (await PostAsync(ann, other, null, new { text = "answer", replyTo = 1 }).ShouldRefuseFields()).ShouldBe(["replyTo"]);
    }

    [Fact]
    public async Task Who_sends_too_fast_is_told_to_wait()
    {
        await using var strict = await MaruServer.StartAsync(
            "--Maru:RateLimits:Enabled=true", "--Maru:Engine:MessageBurst=3", "--Maru:Engine:MessagesPerSecond=1");
        var (ann, ben) = (await strict.SignUpAsync("ann"), await strict.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "public", null, ben.Id);
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => ann.Http.SendAsync($"POST /api/rooms/{room.Id}/messages", new { text = "x" })));
        var refused = answers.Where(x => (int)x.StatusCode == 429).ToArray();
        refused.Length.ShouldBeGreaterThan(10);
        refused.ShouldAllBe(x => x.Headers.RetryAfter != null);
        await Task.FromResult(refused[0]).ShouldRefuse(Problem.RateLimited);
        await ben.SayAsync(room);
    }

    private static Task<HttpResponseMessage> PostAsync(Person person, Room room, string? key, object body)
    {
        var content = body as HttpContent ?? JsonContent.Create(body);
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/rooms/{room.Id}/messages") { Content = content };
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return person.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
