using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Rooms;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

/// <summary>Changes of users, sessions and memberships on one node hold on the other.</summary>
[Trait("Store", "postgres")]
public sealed class PeopleTests(ClusterRig cluster) : IClassFixture<ClusterRig>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_node_says_who_of_a_room_s_members_is_there()
    {
        var ann = await cluster[0].SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await using var socket = await StompSocket.ConnectAsync(cluster[1].Address, ann.AccessToken);
        await Deadline.Until(async () => (await ann.MembersAsync(room)).Single().Online, "the member to be there");
    }

    [Fact]
    public async Task A_stream_of_one_s_own_events_hears_of_other_nodes_and_ends_with_a_session_that_ends_there()
    {
        var (ann, bob) = (await cluster[0].SignUpAsync(), await cluster[0].SignUpAsync("bob"));
        using var stream = await EventStream.OpenAsync(cluster[1], "/api/events", ann.AccessToken);
        var connections = cluster[1].Service<ChatEngine>().Connections;
        await Deadline.Until(
            () => connections.TryGet(new UserId(ann.Id), out var here) && here.Connections[0].WantsEvents, "the stream to listen");
        var room = await bob.MakeRoomAsync(members: ann.Id);
        var (_, type, json) = await stream.NextAsync();
        (type, json.GetProperty("roomId").GetInt64()).ShouldBe(("room.added", room.Id));
        await ann.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        (await stream.RestAsync()).ShouldBe(["session.ended"]);
    }

    [Theory]
    [InlineData("sign-out", "signed-out")]
    [InlineData("one session", "signed-out")]
    [InlineData("the others", "signed-out")]
    [InlineData("password", "password-changed")]
    [InlineData("deletion", "account-deleted")]
    [InlineData("stolen token", "token-reused")]
    public async Task A_session_that_ends_here_ends_there(string how, string reason)
    {
        var laptop = await cluster[0].SignUpAsync();
        var phone = await cluster[0].SignInAsync(laptop.Handle);
        var there = cluster.At(1, phone);
        await using var socket = await StompSocket.ConnectAsync(cluster[1].Address, phone.AccessToken);
        await socket.SubscribeAsync("/user/queue/events", "events");
        await there.Http.SendAsync("GET /api/me").ShouldBe(200);

        switch (how)
        {
            case "sign-out":
                await phone.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
                break;
            case "one session":
                var sessions = await laptop.Http.SendAsync("GET /api/me/sessions").Read<Maru.Server.Features.Sessions.SessionList>();
                var id = sessions.Items.Single(x => !x.Current).Id;
                await laptop.Http.SendAsync($"DELETE /api/me/sessions/{id}").ShouldBe(204);
                break;
            case "the others":
                await laptop.Http.SendAsync("DELETE /api/me/sessions").ShouldBe(204);
                break;
            case "password":
                var change = new { oldPassword = Person.Password, newPassword = "another horse" };
                await laptop.Http.SendAsync("POST /api/me/password", change).ShouldBe(204);
                break;
            case "deletion":
                await laptop.Http.SendAsync("DELETE /api/me", new { password = Person.Password }).ShouldBe(204);
                break;
            default:
                var first = new { refreshToken = phone.RefreshToken };
                var next = await cluster[0].Http.SendAsync("POST /api/auth/refresh", first).Read<Maru.Server.Features.Accounts.SignedIn>();
                await cluster[0].Http.SendAsync("POST /api/auth/refresh", new { refreshToken = next.RefreshToken }).ShouldBe(200);
                await cluster[0].Http.SendAsync("POST /api/auth/refresh", first).ShouldRefuse(Problem.SessionEnded);
                break;
        }

        (await socket.EventAsync("session.ended")).Json.GetProperty("reason").GetString().ShouldBe(reason);
        (await socket.Ended.Within("the end")).Code.ShouldBe(1008);
        await there.Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
    }

    /// <summary>As when the other node died right after its commit, or its frame was lost.</summary>
    [Fact]
    public async Task A_session_that_ended_in_the_store_alone_ends_on_every_node()
    {
        var ann = await cluster[0].SignUpAsync();
        await using var socket = await StompSocket.ConnectAsync(cluster[1].Address, ann.AccessToken);
        await socket.SubscribeAsync("/user/queue/events", "events");
        await cluster[0].Service<Database>().WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync(
                "UPDATE sessions SET ended_at = @now, end_reason = 'signed-out' WHERE user_id = @Id",
                new { ann.Id, now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() },
                ct),
            Ct);
        (await socket.EventAsync("session.ended")).Json.GetProperty("reason").GetString().ShouldBe("signed-out");
        await cluster.At(1, ann).Http.SendAsync("GET /api/me").ShouldRefuse(Problem.SessionEnded);
    }

    [Fact]
    public async Task Who_is_taken_out_of_a_room_is_told_there_and_hears_and_says_nothing_more()
    {
        var (ann, bob) = (await cluster[0].SignUpAsync(), await cluster[0].SignUpAsync("bob"));
        await using var his = await StompSocket.ConnectAsync(cluster[1].Address, bob.AccessToken);
        await his.SubscribeAsync("/user/queue/errors", "errors");
        await his.SubscribeAsync("/user/queue/events", "events");
        var room = await ann.MakeRoomAsync(visibility: "private", members: bob.Id);
        var added = (await his.EventAsync("room.added")).Json;
        added.GetProperty("room").GetProperty("role").GetString().ShouldBe("member");
        added.GetProperty("roomId").GetInt64().ShouldBe(room.Id);
        await his.SubscribeAsync(room.Id);
        await his.SayAndWaitAsync(room.Id, "I am here");

        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{bob.Id}").ShouldBe(204);
        await his.SayAsync(room.Id, "still here?");
        (await his.RefusalAsync()).Type.ShouldBe(Problem.NotFound.Slug);
        (await his.EventAsync("room.removed")).Json.GetProperty("roomId").GetInt64().ShouldBe(room.Id);
        await ann.SayAsync(room, "among us");
        await his.SayAsync(room.Id, "still here?");
        (await his.RefusalAsync()).Type.ShouldBe(Problem.NotFound.Slug);
        his.Inbox().ShouldNotContain(frame => frame.Text.Contains("among us", StringComparison.Ordinal));

        await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/members", new { userIds = new[] { bob.Id } }).ShouldBe(204);
        await his.EventAsync("room.added");
        await his.SayAndWaitAsync(room.Id, "thank you");
    }

    [Fact]
    public async Task A_new_name_is_in_what_open_connections_elsewhere_say()
    {
        var ann = await cluster[0].SignUpAsync();
        var room = await ann.MakeRoomAsync();
        await using var socket = await StompSocket.ConnectAsync(cluster[1].Address, ann.AccessToken);
        await socket.SubscribeAsync(room.Id);
        await ann.Http.SendAsync("PATCH /api/me", new { name = "Anna" }).ShouldBe(200);
        await Deadline.Until(
            async () =>
            {
                await socket.SayAndWaitAsync(room.Id, "who am I?");
                var message = (await socket.EventAsync("message.created")).Json.GetProperty("message");
                return message.GetProperty("sender").GetProperty("name").GetString() == "Anna";
            },
            "the new name");
    }

    [Fact]
    public async Task A_room_taken_from_more_people_than_one_notice_holds_is_taken_from_all()
    {
        var bob = await cluster[0].SignUpAsync("bob");
        await using var his = await StompSocket.ConnectAsync(cluster[1].Address, bob.AccessToken);
        await his.SubscribeAsync("/user/queue/events", "events");
        long[] users = [.. Enumerable.Range(0, 5000).Select(i => long.MaxValue - i), bob.Id];
        cluster[0].Service<MembershipEvents>().Removed(users, new RoomId(77));
        (await his.EventAsync("room.removed")).Json.GetProperty("roomId").GetInt64().ShouldBe(77);
    }

    /// <summary>Nothing asks for it again: frames of that time are found when the node listens again.</summary>
    [Fact]
    public async Task What_happens_while_a_node_fails_to_listen_reaches_its_people_all_the_same()
    {
        var (ann, bob) = (await cluster[0].SignUpAsync(), await cluster[0].SignUpAsync("bob"));
        await using var his = await StompSocket.ConnectAsync(cluster[1].Address, bob.AccessToken);
        await his.SubscribeAsync("/user/queue/events", "events");
        for (var round = 0; round < 3; round++)
        {
            await PostgresServer.CutListenersAsync(cluster.Database);
            var room = await ann.MakeRoomAsync(visibility: "private", members: bob.Id);
            (await his.EventAsync("room.added")).Json.GetProperty("roomId").GetInt64().ShouldBe(room.Id);
            await his.SubscribeAsync(room.Id);
            await PostgresServer.CutListenersAsync(cluster.Database);
            await bob.Http.SendAsync("PATCH /api/me", new { name = $"Bob {round}" }).ShouldBe(200);
            await Deadline.Until(
                async () =>
                {
                    await his.SayAndWaitAsync(room.Id, "who am I?");
                    var message = (await his.EventAsync("message.created")).Json.GetProperty("message");
                    return message.GetProperty("sender").GetProperty("name").GetString() == $"Bob {round}";
                },
                "the new name");
            await PostgresServer.CutListenersAsync(cluster.Database);
            await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/members/{bob.Id}").ShouldBe(204);
            (await his.EventAsync("room.removed")).Json.GetProperty("roomId").GetInt64().ShouldBe(room.Id);
        }
    }
}
