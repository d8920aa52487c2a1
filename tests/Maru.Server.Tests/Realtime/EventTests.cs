using System.Text;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Realtime;

/// <summary>The events that members get, live and on resume.</summary>
public sealed class EventTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Edits_and_deletions_come_as_events_with_dense_seqs_live_and_on_resume()
    {
        var (ann, bob) = (await server.SignUpAsync(), await server.SignUpAsync("bob"));
        var room = await ann.MakeRoomAsync(members: bob.Id);
        await using var live = await StompSocket.ConnectAsync(server.Address, bob.AccessToken);
        await live.SubscribeAsync(room.Id, after: 0);
        var first = (await ann.SayAsync(room, "frist")).Seq;
        var second = (await ann.SayAsync(room, "secret")).Seq;
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{first}", new { text = "first" }).ShouldBe(200);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{second}").ShouldBe(204);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { name = "renamed" }).ShouldBe(200);
        var last = (await ann.SayAsync(room, "last")).Seq;
        var seen = await ReadAsync(live, last);
        seen.Select(frame => frame.Seq).ShouldBe(Enumerable.Range(1, (int)last).Select(seq => (long)seq));
        seen.Select(frame => frame.Type).TakeLast(6)
            .ShouldBe(["message.created", "message.created", "message.edited", "message.deleted", "room.changed", "message.created"]);
        var edited = seen.Single(frame => frame.Type == "message.edited").Json.GetProperty("message");
        (edited.GetProperty("seq").GetInt64(), edited.GetProperty("text").GetString()).ShouldBe((first, "first"));
        seen.Single(frame => frame.Type == "message.deleted").Json.GetProperty("message").GetProperty("seq").GetInt64().ShouldBe(second);

        for (var after = 0; after < last; after++)
        {
            await using var late = await StompSocket.ConnectAsync(server.Address, bob.AccessToken);
            await late.SubscribeAsync(room.Id, after);
            (await ReadAsync(late, last)).Select(frame => (frame.Seq, frame.Type))
                .ShouldBe(seen.Skip(after).Select(frame => (frame.Seq, frame.Type)));
        }
    }

    [Fact]
    public async Task A_deleted_text_is_not_shown_again_on_resume_from_a_server_that_has_forgotten_the_room()
    {
        await using var own = await MaruServer.StartAsync();
        var ann = await own.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var seq = (await ann.SayAsync(room, "secret")).Seq;
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{seq}").ShouldBe(204);
        await own.RestartAsync();
        await using var late = await StompSocket.ConnectAsync(own.Address, ann.AccessToken);
        await late.SubscribeAsync(room.Id, after: 0);
        var seen = await ReadAsync(late, seq + 1);
        seen.ShouldNotContain(frame => frame.Text.Contains("secret", StringComparison.Ordinal));
        seen.Select(frame => frame.Seq).ShouldBe(Enumerable.Range(1, (int)seq + 1).Select(x => (long)x));
    }

    [Fact]
    public async Task Signals_pass_between_members_with_body_and_headers_as_they_were()
    {
        var (ann, bob) = (await server.SignUpAsync(), await server.SignUpAsync("bob"));
        var room = await ann.MakeRoomAsync(members: bob.Id);
        var destination = $"/topic/rooms/{room.Id}/signals/call";
        await using var hers = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await using var his = await StompSocket.ConnectAsync(server.Address, bob.AccessToken);
        await his.SubscribeAsync(destination, "calls");
        await his.SubscribeAsync(room.Id);

        byte[] body = [0, 1, 2, 0xFF, 0xFE, 0, (byte)'\n', 0];
        var head =
            $"SEND\ndestination:{destination}\nx-kind:offer\ncontent-type:application/octet-stream\nx-odd:a\\cb\\nc\\\\d\n"
                + $"sender:999\ncontent-length:{body.Length}\n\n";
        await hers.WriteAsync(ClientFrames.Message([.. Encoding.UTF8.GetBytes(head), .. body, 0], binary: true));
        var signal = await his.MessageAsync();
        signal.Body.ShouldBe(body);
        signal.Binary.ShouldBeTrue();
        (signal["destination"], signal["subscription"], signal["x-kind"], signal["x-odd"], signal["content-type"], signal["sender"])
            .ShouldBe((destination, "calls", "offer", "a:b\nc\\d", "application/octet-stream", $"{ann.Id}"));
        signal["seq"].ShouldBeEmpty();

        await hers.SendAsync("SEND", "plain", ("destination", destination), ("receipt", "r"));
        await hers.ReceiptAsync("r");
        var plain = await his.MessageAsync();
        (plain.Text, plain.Binary).ShouldBe(("plain", false));
        await hers.SendAsync("SEND", "elsewhere", ("destination", $"{destination}2"), ("receipt", "r2"));
        await hers.ReceiptAsync("r2");
        await his.SyncAsync();
        his.Inbox().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_changed_profile_shows_in_the_next_message()
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SubscribeAsync(room.Id);
        await socket.SayAndWaitAsync(room.Id, "as ann");
        (await socket.EventAsync("message.created")).Json.GetProperty("message").GetProperty("sender").GetProperty("name").GetString()
            .ShouldBe("ann");
        await ann.Http.SendAsync("PATCH /api/me", new { name = "Anna" }).ShouldBe(200);
        await Deadline.Until(
            async () =>
            {
                await socket.SayAndWaitAsync(room.Id, "as anna");
                return (await socket.EventAsync("message.created")).Json.GetProperty("message").GetProperty("sender").GetProperty("name")
                    .GetString() == "Anna";
            },
            "the new name");
    }

    [Theory]
    [InlineData("1.0", "v10.stomp")]
    [InlineData("1.1", "v11.stomp")]
    [InlineData("1.2", "v12.stomp")]
    [InlineData("1.1,1.2,1.0", null)]
    public async Task Every_version_subscribes_sends_and_resumes(string versions, string? subprotocol)
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await using var socket = await StompSocket.OpenAsync(server.Address, subprotocol: subprotocol);
        await socket.SendAsync(
            "CONNECT", "", ("accept-version", versions), ("host", "any.host"), ("login", "x"), ("passcode", ann.AccessToken));
        (await socket.TakeAsync(frame => frame.Command == "CONNECTED", "CONNECTED"))["version"].ShouldBe(versions.Split(',').Max());
        await socket.SubscribeAsync(room.Id);
        var seq = (await socket.SayAndWaitAsync(room.Id, "hello")).Seq;
        var message = await socket.EventAsync("message.created");
        (message.Seq, message["destination"], message["subscription"]).ShouldBe((seq, $"/topic/rooms/{room.Id}", $"room-{room.Id}"));
        message["message-id"].ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("1.1,1.2", "v10.stomp", "1.0")]
    [InlineData("1.2", "v11.stomp", "1.0,1.1")]
    [InlineData("2.0", "v12.stomp", "1.0,1.1,1.2")]
    [InlineData("2.0", null, "1.0,1.1,1.2")]
    public async Task A_refused_version_is_told_those_that_the_subprotocol_leaves(string versions, string? subprotocol, string ours)
    {
        await using var socket = await StompSocket.OpenAsync(server.Address, subprotocol: subprotocol);
        await socket.SendAsync("CONNECT", "", ("accept-version", versions), ("host", "x"), ("passcode", "any"));
        var error = await socket.ErrorAsync();
        (error["message"], error["version"]).ShouldBe(("unsupported-version", ours));
    }

    /// <summary>Dense, whatever the moment of joining in: the joint of history and live is where entries get lost or doubled.</summary>
    [Fact]
    public async Task Who_resumes_while_others_talk_sees_no_gap_and_no_double()
    {
        const int Messages = 2000;
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await using var talker = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await talker.SayAndWaitAsync(room.Id, "start");
        var talking = Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++)
            {
                var receipt = await talker.SayAsync(room.Id, $"{i}");
                if (i % 50 == 0) await talker.ReceiptAsync(receipt);
            }
        }, TestContext.Current.CancellationToken);
        var end = 0L;
        List<long[]> views = [];
        while (!talking.IsCompleted || views.Count == 0)
        {
            await using var late = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
            await late.SubscribeAsync(room.Id, after: end / 2);
            List<long> seqs = [];
            for (var i = 0; i < 200; i++) seqs.Add((await late.MessageAsync()).Seq);
            seqs.ShouldBe(Enumerable.Range((int)(end / 2) + 1, 200).Select(seq => (long)seq));
            end = seqs[^1];
            views.Add([.. seqs]);
            if (end / 2 + 201 > Messages) break;
        }

        await talking.Within("all to be said");
    }

    private static async Task<List<Frame>> ReadAsync(StompSocket socket, long last)
    {
        List<Frame> seen = [];
        while (seen.Count == 0 || seen[^1].Seq < last) seen.Add(await socket.MessageAsync());
        return seen;
    }
}
