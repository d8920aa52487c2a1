using System.Text;
using Maru.Engine;
using Maru.Engine.Commit;
using Maru.Engine.Log;
using Maru.Engine.Problems;
using Maru.Server.RoomLog;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.RoomLog;

[Trait("Store", "sqlite")]
public sealed class MessageKeysTests
{
    [Fact]
    public async Task A_key_is_known_after_a_restart_though_a_message_that_was_undone_had_its_row_before()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var (engine, log) = (server.Service<ChatEngine>(), server.Service<IRoomLog>());
        var membership = (await engine.Rooms.EnterAsync(new RoomId(room.Id), new UserId(ann.Id), TestContext.Current.CancellationToken))
            .ShouldNotBeNull();

        // A group of keys is full, and the batch that fills it ends with a transaction that is undone.
        Append(Drafts(0, 32 * 1024 - 1));
        var undone = new TransactionDraft(
            [.. Drafts(-100, 50).Cast<MessageDraft>(), Draft("x", "bad", replyTo: long.MaxValue)], new Awaiter());
        Append([Draft("x", "last"), undone]);
        (undone.Messages[^1].Refusal?.Problem).ShouldBe(Problem.Invalid);

        // These get the rows of those that were undone, and all of the group goes into the index.
        Append(Drafts(100_000, 50));
        for (var i = 0; i < 20; i++) Append([.. Enumerable.Range(0, 1000).Select(_ => Draft("x", null))]);
        await server.RestartAsync();
        var repeat = server.Person(new(ann.User, ann.AccessToken, ann.RefreshToken, 0)).Http;
        foreach (var key in new[] { "k0", "last", "k100000", "k100049" })
        {
            var request = new HttpRequestMessage(HttpMethod.Post, $"/api/rooms/{room.Id}/messages")
            {
                Content = System.Net.Http.Json.JsonContent.Create(new { text = "x" }),
            };
            request.Headers.Add("Idempotency-Key", key);
            await repeat.SendAsync(request, TestContext.Current.CancellationToken).ShouldBe(200);
        }

        void Append(List<Draft> drafts) => log.Append(new BatchPlan().Arrange(drafts));

        List<Draft> Drafts(int first, int count) => [.. Enumerable.Range(first, count).Select(i => Draft("x", $"k{i}"))];

        MessageDraft Draft(string text, string? key, long replyTo = 0) => new(
            membership,
            "{}"u8.ToArray(),
            new MessageBody { Text = Encoding.UTF8.GetBytes(text), ReplyTo = replyTo },
            key is null ? null : Encoding.UTF8.GetBytes(key),
            default,
            new Awaiter());
    }
}
