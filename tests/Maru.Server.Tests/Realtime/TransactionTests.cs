using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Realtime;

/// <summary>A STOMP transaction in the store: whole or not at all.</summary>
public sealed class TransactionTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task A_message_that_the_store_refuses_undoes_its_transaction_in_all_rooms()
    {
        var ann = await server.SignUpAsync();
        var rooms = new[] { (await ann.MakeRoomAsync()).Id, (await ann.MakeRoomAsync()).Id };
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SubscribeAsync("/user/queue/errors", "errors");
        await SendAsync(socket, rooms[0], "{\"text\":\"one\"}", "a");
        await SendAsync(socket, rooms[1], "{\"text\":\"two\",\"replyTo\":99}", "b");
        await SendAsync(socket, rooms[0], "{\"text\":\"three\",\"replyTo\":1}", "c");
        await socket.SendAsync("COMMIT", "", ("transaction", "t-a"), ("receipt", "commit"));
        await socket.SayAsync(rooms[0], "beside", "k");

        var refusals = new Dictionary<string, Frame>();
        while (refusals.Count < 4)
        {
            var refusal = await socket.RefusalAsync();
            refusals[refusal["receipt-id"]] = refusal;
        }

        refusals["b"].Type.ShouldBe(Problem.Invalid.Slug);
        foreach (var other in new[] { "a", "c", "commit" })
        {
            refusals[other].Type.ShouldBe(Problem.TransactionRefused.Slug);
            refusals[other].Json.GetProperty("detail").GetString().ShouldBe(
                "Message 2 of the transaction was refused (invalid), so none was stored. replyTo must be the seq of a message "
                    + "in this room.");
        }

        // The seqs and keys of what was undone are free.
        (await socket.ReceiptAsync("r1")).Seq.ShouldBe(1);
        (await socket.SayAndWaitAsync(rooms[0], "uno", "key a")).Seq.ShouldBe(2);
        (await socket.SayAndWaitAsync(rooms[1], "due", "key b")).Seq.ShouldBe(1);
        (await ann.Http.SendAsync($"GET /api/rooms/{rooms[0]}/messages").ShouldBe(200)).ShouldNotContain("one");
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Keys_and_replies_inside_a_transaction_see_what_stands_before_them()
    {
        var ann = await server.SignUpAsync();
        var room = (await ann.MakeRoomAsync()).Id;
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await SendAsync(socket, room, "{\"text\":\"one\"}", "a");
        await SendAsync(socket, room, "{\"text\":\"two\",\"replyTo\":1}", "b");
        await socket.SendAsync(
            "SEND",
            "{\"text\":\"one\"}",
            ("destination", $"/app/rooms/{room}/messages"),
            ("transaction", "t-a"),
            ("client-key", "key a"),
            ("receipt", "again"));
        await socket.SendAsync("COMMIT", "", ("transaction", "t-a"), ("receipt", "commit"));
        (await socket.ReceiptAsync("a")).Seq.ShouldBe(1);
        (await socket.ReceiptAsync("b")).Seq.ShouldBe(2);
        (await socket.ReceiptAsync("again")).Seq.ShouldBe(1);
        await socket.ReceiptAsync("commit");
        await server.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData("/app/rooms/{room}/read", "{\"seq\":1}")]
    [InlineData("/app/rooms/{room}/typing", "{\"typing\":true}")]
    [InlineData("/app/presence", "{\"state\":\"away\"}")]
    public async Task What_stores_no_entry_and_is_no_signal_is_refused_in_a_transaction_and_spoils_it(string destination, string body)
    {
        var ann = await server.SignUpAsync();
        var room = (await ann.MakeRoomAsync()).Id;
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SubscribeAsync("/user/queue/errors", "errors");
        await SendAsync(socket, room, "{\"text\":\"one\"}", "a");
        await socket.SendAsync(
            "SEND", body, ("destination", destination.Replace("{room}", $"{room}")), ("transaction", "t-a"), ("receipt", "b"));
        await socket.SendAsync("COMMIT", "", ("transaction", "t-a"), ("receipt", "commit"));
        List<string> refused = [];
        for (var i = 0; i < 3; i++)
        {
            var refusal = await socket.RefusalAsync();
            refused.Add($"{refusal["receipt-id"]} {refusal.Type}");
        }

        refused.ShouldBe(["b invalid", "a transaction-refused", "commit transaction-refused"]);
        (await socket.SayAndWaitAsync(room, "nothing is stored")).Seq.ShouldBe(1);
    }

    private static async Task SendAsync(StompSocket socket, long room, string body, string name)
    {
        if (name == "a") await socket.SendAsync("BEGIN", "", ("transaction", "t-a"));
        await socket.SendAsync(
            "SEND",
            body,
            ("destination", $"/app/rooms/{room}/messages"),
            ("transaction", "t-a"),
            ("client-key", $"key {name}"),
            ("receipt", name));
    }
}
