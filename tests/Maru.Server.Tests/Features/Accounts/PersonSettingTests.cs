using System.Text.Json;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Presence;
using Maru.Server.Tests.Features.Presence;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;
using Seen = Maru.Server.Features.Presence.Presence;

namespace Maru.Server.Tests.Features.Accounts;

/// <summary>What people set about themselves: whom it names, and what it leaves exact.</summary>
public sealed class PersonSettingTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task All_are_on_and_nobody_is_left_alone_until_they_say_so()
    {
        var ann = await server.SignUpAsync();
        await ShouldBeAsync(ann, readReceipts: true, lastSeen: true, quiet: "false");
        await ann.SetAsync(new { readReceipts = false, lastSeen = false, doNotDisturb = true });
        await ShouldBeAsync(ann, readReceipts: false, lastSeen: false, quiet: "true");
        await ann.SetAsync(new { name = "Anna" });
        await ShouldBeAsync(ann, readReceipts: false, lastSeen: false, quiet: "true");
        await ann.SetAsync(new { doNotDisturb = "2098-05-01T10:00:00.5+02:00" });
        await ShouldBeAsync(ann, readReceipts: false, lastSeen: false, quiet: "\"2098-05-01T08:00:00.500Z\"");
        await ann.SetAsync(new { doNotDisturb = "2001-01-01T00:00:00Z", readReceipts = true, lastSeen = true });
        await ShouldBeAsync(ann, readReceipts: true, lastSeen: true, quiet: "false");
        foreach (var wrong in (object[])["soon", 1, "", new { until = 1 }])
            (await ann.Http.SendAsync("PATCH /api/me", new { doNotDisturb = wrong }).ShouldRefuseFields()).ShouldBe(["doNotDisturb"]);
    }

    [Fact]
    public async Task Being_left_alone_ends_by_its_time()
    {
        var time = new ManualTime();
        await using var own = await MaruServer.StartAsync(time, null);
        var ann = await own.SignUpAsync();
        await ann.SetAsync(new { doNotDisturb = time.GetUtcNow().AddMinutes(5) });
        (await ann.ProfileAsync()).DoNotDisturb.Until.ShouldBe(time.GetUtcNow().AddMinutes(5).ToUnixTimeMilliseconds());
        time.Advance(TimeSpan.FromMinutes(6));
        (await ann.ProfileAsync()).DoNotDisturb.ShouldBe(default);
    }

    [Fact]
    public async Task Own_clients_hear_of_a_change_and_nobody_else_does()
    {
        var (ann, ben) = (await server.SignUpAsync(), await server.SignUpAsync("ben"));
        await ann.MakeRoomAsync("room", "private", null, ben.Id);
        await using var hers = await ann.ListenAsync();
        await using var his = await ben.ListenAsync();
        await ann.SetAsync(new { doNotDisturb = true });
        var told = (await hers.EventAsync("profile.changed")).Json.GetProperty("profile");
        (told.GetProperty("id").GetInt64(), told.GetProperty("doNotDisturb").GetBoolean()).ShouldBe((ann.Id, true));
        await his.SyncAsync();
        his.Inbox().ShouldNotContain(frame => frame.Text.Contains("profile.changed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_receipts_no_list_and_no_event_names_a_reader_and_counts_stay_exact()
    {
        var (ann, ben, cat) = (await server.SignUpAsync(), await server.SignUpAsync("ben"), await server.SignUpAsync("cat"));
        var room = await ann.MakeRoomAsync("room", "private", null, ben.Id, cat.Id);
        await ben.SetAsync(new { readReceipts = false });
        var message = await ann.SayAsync(room);
        await using var ears = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await ears.SubscribeAsync(room.Id);
        await ben.ReadAsync(room, message.Seq);
        await cat.ReadAsync(room, message.Seq);
        var told = (await ears.EventAsync("read")).Json;
        (told.GetProperty("userId").GetInt64(), told.TryGetProperty("more", out _)).ShouldBe((cat.Id, true));
        var named = $"\"type\":\"read\",\"roomId\":{room.Id},\"userId\":{ben.Id}";
        ears.Inbox().ShouldNotContain(frame => frame.Text.Contains(named, StringComparison.Ordinal));

        (await ann.HistoryAsync(room)).Single(x => x.Seq == message.Seq).UnreadBy.ShouldBe(0);
        (await ann.ReadersAsync(room, message.Seq)).ShouldBe([cat.Id]);
        (await cat.ReadersAsync(room, message.Seq)).ShouldBe([cat.Id]);
        (await ben.ReadersAsync(room, message.Seq)).ShouldBe([ben.Id, cat.Id], ignoreOrder: true);
        await ben.SetAsync(new { readReceipts = true });
        (await ann.ReadersAsync(room, message.Seq)).ShouldBe([ben.Id, cat.Id], ignoreOrder: true);
    }

    [Fact]
    public async Task Who_does_not_tell_when_they_were_there_is_seen_all_the_same()
    {
        await using var own = await MaruServer.StartAsync("--Maru:Engine:Presence:Grace=00:00:01");
        var (ann, ben) = (await own.SignUpAsync(), await own.SignUpAsync("ben"));
        await ann.MakeRoomAsync("room", "private", null, ben.Id);
        await using var hers = await StompSocket.ConnectAsync(own.Address, ann.AccessToken);
        await hers.WatchAsync(ben.Id);
        (await hers.ToldAsync(ben.Id)).ShouldBe("offline");
        await (await ben.ListenAsync()).DisposeAsync();
        await hers.ToldUntilAsync(ben.Id, "offline seen");
        await Deadline.Until(async () => (await SeenAsync(ann, ben)).LastSeenAt is not null, "the time to be stored");

        await ben.SetAsync(new { lastSeen = false });
        await hers.ToldUntilAsync(ben.Id, "offline");
        (await SeenAsync(ann, ben)).ShouldBe(new Seen(ben.Id, "offline"));
        var his = await ben.ListenAsync();
        await hers.ToldUntilAsync(ben.Id, "online");
        await his.DisposeAsync();
        (await hers.ToldUntilAsync(ben.Id, "offline")).ShouldBe(["offline"], "and no time");
        (await SeenAsync(ann, ben)).LastSeenAt.ShouldBeNull();

        await ben.SetAsync(new { lastSeen = true });
        await hers.ToldUntilAsync(ben.Id, "offline seen");
        (await SeenAsync(ann, ben)).LastSeenAt.ShouldNotBeNull();
    }

    private static async Task<Seen> SeenAsync(Person viewer, Person person) =>
        (await viewer.Http.SendAsync($"GET /api/presence?userIds={person.Id}").Read<PresenceList>()).Items.Single();

    private static async Task ShouldBeAsync(Person person, bool readReceipts, bool lastSeen, string quiet)
    {
        var me = await person.Http.SendAsync("GET /api/me").Read<JsonElement>();
        me.GetProperty("readReceipts").GetBoolean().ShouldBe(readReceipts);
        me.GetProperty("lastSeen").GetBoolean().ShouldBe(lastSeen);
        me.GetProperty("doNotDisturb").GetRawText().ShouldBe(quiet);
    }
}

/// <summary>What people set about themselves, as a test says it.</summary>
internal static class PersonSettings
{
    public static Task<Profile> SetAsync(this Person person, object settings) =>
        person.Http.SendAsync("PATCH /api/me", settings).Read<Profile>();

    public static Task<Profile> ProfileAsync(this Person person) => person.Http.SendAsync("GET /api/me").Read<Profile>();
}
