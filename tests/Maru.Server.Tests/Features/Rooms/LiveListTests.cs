using Maru.Server.Features.Rooms;

namespace Maru.Server.Tests.Features.Rooms;

/// <summary>Who looks at the list of public rooms sees it change: as a STOMP subscription, and as a stream of Server-Sent Events.</summary>
public sealed class LiveListTests(LiveListServer live) : IClassFixture<LiveListServer>
{
    private MaruServer Server => live.Server;

    [Fact]
    public async Task Who_looks_hears_of_a_new_room_of_its_changes_and_of_its_end()
    {
        var (ann, ben) = (await Server.SignUpAsync(), await Server.SignUpAsync("ben"));
        await using var socket = await ben.LookAsync();
        using var stream = await ben.LookBySseAsync(Server);
        var room = await ann.MakeRoomAsync("Harbour");
        await HeardAsync(x => x.Name == "Harbour" && x.MemberCount == 1 && x.RecentMessages == 0);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { name = "항구", topic = "Ships", avatarUrl = "https://example.org/h.png" })
            .ShouldBe(200);
        await HeardAsync(x => x is { Name: "항구", Topic: "Ships", AvatarUrl: "https://example.org/h.png" });
        await ben.JoinAsync(room);
        await HeardAsync(x => x.MemberCount == 2 && x.Role is null && x.Settings is null);
        await ann.SayAsync(room);
        await ann.SayAsync(room);
        await HeardAsync(x => x.RecentMessages == 2);
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        await HeardAsync(x => x.MemberCount == 1);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}").ShouldBe(204);
        while ((await socket.NextAsync(room.Id)).Type != "room.removed")
        {
        }

        await stream.UntilAsync(room.Id, (type, _) => type == "room.removed");

        async Task HeardAsync(Func<Room, bool> isIt)
        {
            await socket.ListedAsync(room.Id, isIt);
            await stream.UntilAsync(room.Id, (type, json) => type == "room.changed" && isIt(LiveList.RoomOf(json)));
        }
    }

    [Fact]
    public async Task What_is_told_is_what_the_list_has()
    {
        var ann = await Server.SignUpAsync();
        await using var socket = await (await Server.SignUpAsync("ben")).LookAsync();
        var name = $"same{ann.Id}";
        var room = await ann.MakeRoomAsync(name, password: "fish");
        await ann.SayAsync(room);
        var told = await socket.ListedAsync(room.Id, x => x.RecentMessages == 1);
        var listed = (await ann.Http.SendAsync($"GET /api/rooms?q={name}").Read<RoomPage>()).Items.Single();
        told.ShouldBe(listed with { Role = null });
        (await ann.SeeAsync(room)).RecentMessages.ShouldBeNull();
    }

    [Fact]
    public async Task A_room_made_private_is_gone_and_nothing_of_it_is_told_until_it_is_public_again()
    {
        var ann = await Server.SignUpAsync();
        await using var socket = await (await Server.SignUpAsync("ben")).LookAsync();
        var room = await ann.MakeRoomAsync("open");
        await socket.ListedAsync(room.Id, x => x.Name == "open");
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { name = "secret", visibility = "private" }).ShouldBe(200);
        (await socket.NextAsync(room.Id)).Type.ShouldBe("room.removed");

        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { name = "secret too", visibility = "private" }).ShouldBe(200);
        await ann.SayAsync(room);
        var never = await ann.MakeRoomAsync("never", "private");
        await ann.Http.SendAsync($"PATCH /api/rooms/{never.Id}", new { topic = "secret" }).ShouldBe(200);
        await ann.SayAsync(never);
        await ann.Http.SendAsync($"DELETE /api/rooms/{never.Id}").ShouldBe(204);
        var behind = await ann.MakeRoomAsync("behind it all");
        await socket.ListedAsync(behind.Id, _ => true);
        socket.Inbox().ShouldNotContain(frame => LiveList.IsOf(frame, room.Id) || LiveList.IsOf(frame, never.Id));
        socket.Inbox().ShouldNotContain(frame => frame.ToString().Contains("secret"));

        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { visibility = "public" }).ShouldBe(200);
        await socket.ListedAsync(room.Id, x => x.Name == "secret too" && x.RecentMessages == 1);
    }

    [Fact]
    public async Task A_thousand_messages_in_a_second_are_a_few_events()
    {
        var ann = await Server.SignUpAsync();
        await using var socket = await (await Server.SignUpAsync("ben")).LookAsync();
        var room = await ann.MakeRoomAsync("busy");
        await socket.ListedAsync(room.Id, _ => true);
        await using var mouth = await StompSocket.ConnectAsync(Server.Address, ann.AccessToken);
        var started = TimeProvider.System.GetTimestamp();
        var receipt = "";
        for (var i = 0; i < 1000; i++) receipt = await mouth.SayAsync(room.Id, "quick");
        await mouth.ReceiptAsync(receipt);
        var told = 0;
        await socket.ListedAsync(
            room.Id,
            x =>
            {
                told++;
                return x.RecentMessages == 1000;
            });
        told.ShouldBeLessThanOrEqualTo(1 + (int)(TimeProvider.System.GetElapsedTime(started) / LiveListServer.Every));
    }

    [Fact]
    public async Task A_person_who_was_banned_sees_the_room_in_the_list_as_all_do()
    {
        var (ann, ben) = (await Server.SignUpAsync(), await Server.SignUpAsync("ben"));
        await using var socket = await ben.LookAsync();
        var room = await ann.MakeRoomAsync("strict");
        await ben.JoinAsync(room);
        await socket.ListedAsync(room.Id, x => x.MemberCount == 2);
        await ann.Http.SendAsync($"PUT /api/rooms/{room.Id}/bans/{ben.Id}", new { reason = "loud" }).ShouldBe(204);
        await socket.TakeAsync(
            frame => LiveList.IsOf(frame, room.Id) && LiveList.RoomOf(frame.Json).MemberCount == 1 && !frame.ToString().Contains("loud"),
            "the room with one member");
    }

    [Fact]
    public async Task The_stream_ends_with_the_session()
    {
        var ben = await Server.SignUpAsync("ben");
        using var stream = await ben.LookBySseAsync(Server);
        await ben.Http.SendAsync("POST /api/auth/logout").ShouldBe(204);
        (await stream.LastAsync()).GetProperty("type").GetString().ShouldBe("session-ended");
    }
}

/// <summary>A server that tells of the list four times a second.</summary>
public sealed class LiveListServer : IAsyncLifetime
{
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private MaruServer? _server;

    public MaruServer Server => _server ?? throw new InvalidOperationException("It has not started.");

    public async ValueTask InitializeAsync() => _server = await MaruServer.StartAsync(LiveList.Quick);

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
