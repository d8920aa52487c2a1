using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.OwnSettings;

/// <summary>What a member's own clients are told of what they set, and of what they are not told any more.</summary>
public sealed class OwnSettingsEventTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Ones_own_clients_hear_each_change_once_and_others_nothing()
    {
        var (ann, ben, room) = await PairAsync();
        await using var his = await ben.ListenAsync();
        await using var tab = await ben.ListenAsync();
        await using var hers = await ann.ListenAsync();
        await hers.SubscribeAsync(room.Id);
        await ben.SetAsync(room, new { favourite = true });
        await ben.SetAsync(room, new { favourite = true });
        await ben.SetAsync(room, new { notify = "nothing", muteUntil = "2100-01-02T03:04:05Z" });
        await ben.SetAsync(room, new { notify = "all", favourite = false, muteUntil = (string?)null });
        foreach (var settings in (string[])[
            """{"notify":"all","hidden":false,"favourite":true}""",
            """{"notify":"nothing","hidden":false,"favourite":true,"muteUntil":"2100-01-02T03:04:05.000Z"}""",
            """{"notify":"all","hidden":false,"favourite":false}"""])
        {
            var told = $$"""{"type":"room.settings","roomId":{{room.Id}},"settings":{{settings}}}""";
            foreach (var socket in (StompSocket[])[his, tab]) (await socket.EventAsync("room.settings")).Text.ShouldBe(told);
        }

        await hers.SyncAsync();
        hers.Inbox().ShouldAllBe(frame => frame.Command != "MESSAGE" || !frame.Text.Contains("favourite"));
    }

    [Theory]
    [InlineData("""{"notify":"nothing"}""")]
    [InlineData("""{"muteUntil":"2100-01-01T00:00:00Z"}""")]
    public async Task Who_wants_no_notifications_counts_mentions_and_is_not_told_of_them(string change)
    {
        var (ann, ben, room) = await PairAsync();
        var cat = await server.SignUpAsync("cat");
        await cat.JoinAsync(room);
        await using var his = await ben.ListenAsync();
        await using var hers = await cat.ListenAsync();
        await ben.SetAsync(room, System.Text.Json.JsonElement.Parse(change));
        await ann.SayAsync(room, $"@{ben.Handle} and @{cat.Handle}");
        var second = await ann.SayAsync(room, "@all");
        await his.UnreadAsync(room, 2, mentions: 2);
        await hers.EventAsync("mention");
        (await hers.EventAsync("mention")).Json.GetProperty("seq").GetInt64().ShouldBe(second.Seq);
        await ben.SetAsync(room, new { notify = "mentions", muteUntil = (string?)null });

        // The first that he hears of is the first since.
        var third = await ann.SayAsync(room, "@all");
        (await his.EventAsync("mention")).Json.GetProperty("seq").GetInt64().ShouldBe(third.Seq);
        var fourth = await ann.SayAsync(room, $"@{ben.Handle}");
        (await his.EventAsync("mention")).Json.GetProperty("seq").GetInt64().ShouldBe(fourth.Seq);
        await his.UnreadAsync(room, 4, mentions: 4);
    }

    private async Task<(Person Ann, Person Ben, Room Room)> PairAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        return (ann, ben, await ann.MakeRoomAsync(members: ben.Id));
    }
}
