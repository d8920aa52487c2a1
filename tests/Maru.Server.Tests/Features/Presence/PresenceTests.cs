using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Presence;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Presence;

public sealed class PresenceTests : IAsyncLifetime
{
    private MaruServer? _server;

    private MaruServer Server => _server ?? throw new InvalidOperationException();

    public async ValueTask InitializeAsync() =>
        _server = await MaruServer.StartAsync("--Maru:Engine:Presence:Grace=00:00:01");

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task Who_shares_a_room_sees_who_is_there_and_strangers_and_ids_of_nobody_are_offline()
    {
        var (ann, ben, cat) = (await Server.SignUpAsync("ann"), await Server.SignUpAsync("ben"), await Server.SignUpAsync("cat"));
        await ann.MakeRoomAsync("room", "private", null, ben.Id);
        await using var his = await ben.ListenAsync();
        await ann.SeesAsync(ben, "online");
        (await cat.SeeAsync(ben.Id, ann.Id, 987654321)).ShouldBe(["offline", "offline", "offline"]);
        (await ann.SeeAsync(ben.Id, ben.Id, ann.Id)).ShouldBe(["online", "offline"]);
        (await ben.SeeAsync(ben.Id)).ShouldBe(["online"]);
    }

    [Fact]
    public async Task Who_has_gone_is_offline_with_the_moment_at_which_they_went_to_those_who_share_a_room()
    {
        var (ann, ben, cat) = (await Server.SignUpAsync("ann"), await Server.SignUpAsync("ben"), await Server.SignUpAsync("cat"));
        await ann.MakeRoomAsync("room", "private", null, ben.Id);
        await using (await ben.ListenAsync()) await ann.SeesAsync(ben, "online");
        var before = DateTimeOffset.UtcNow;
        await ann.SeesAsync(ben, "offline seen");
        var list = await ann.Http.SendAsync($"GET /api/presence?userIds={ben.Id}").Read<PresenceList>();
        list.Items.Single().LastSeenAt!.Value.ShouldBeGreaterThan(before.AddSeconds(-60));
        (await cat.SeeAsync(ben.Id)).ShouldBe(["offline"]);
        await Server.RestartAsync();
        (await At(ann).SeeAsync(ben.Id)).ShouldBe(["offline seen"]);
    }

    [Fact]
    public async Task Who_watches_is_told_how_people_are_and_what_changes()
    {
        var (ann, ben) = (await Server.SignUpAsync("ann"), await Server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "private", null, ben.Id);
        await using var hers = await ann.ListenAsync();
        await hers.WatchAsync(ben.Id, 987654321);
        (await hers.ToldAsync(ben.Id), await hers.ToldAsync(987654321)).ShouldBe(("offline", "offline"));
        await using (var his = await ben.ListenAsync())
        {
            await hers.ToldUntilAsync(ben.Id, "online");
            await his.SayAsync("away");
            await hers.ToldUntilAsync(ben.Id, "away");
            await ben.SayAsync(room, "by a request");
            await hers.ToldUntilAsync(ben.Id, "online");
            await his.SayAsync("away");
            await hers.ToldUntilAsync(ben.Id, "away");
            await his.SayAndWaitAsync(room.Id, "by a frame");
            await hers.ToldUntilAsync(ben.Id, "online");
        }

        await hers.ToldUntilAsync(ben.Id, "offline seen");
    }

    [Fact]
    public async Task A_person_who_does_nothing_becomes_away()
    {
        await using var quick = await MaruServer.StartAsync("--Maru:Engine:Presence:AwayAfter=00:00:02");
        var ann = await quick.SignUpAsync("ann");
        await using var hers = await ann.ListenAsync();
        await hers.WatchAsync(ann.Id);
        await hers.ToldUntilAsync(ann.Id, "away");
        await ann.SeesAsync(ann, "away");
    }

    [Fact]
    public async Task Who_hides_is_offline_to_all_and_sees_nobody_and_both_end_when_they_show_themselves_again()
    {
        var (ann, ben) = (await Server.SignUpAsync("ann"), await Server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "private", null, ben.Id);
        (await ben.Http.SendAsync("GET /api/me").Read<Profile>()).ShowPresence.ShouldBeTrue();
        await using var hers = await ann.ListenAsync();
        await using var his = await ben.ListenAsync();
        await hers.WatchAsync(ben.Id);
        await his.WatchAsync(ann.Id);
        await hers.ToldUntilAsync(ben.Id, "online");
        await his.ToldUntilAsync(ann.Id, "online");

        (await ben.Http.SendAsync("PATCH /api/me", new { showPresence = false }).Read<Profile>()).ShowPresence.ShouldBeFalse();
        (await ann.SeeAsync(ben.Id)).ShouldBe(["offline"]);
        (await ben.SeeAsync(ann.Id)).ShouldBe(["offline"]);
        (await ann.MembersAsync(room)).Single(x => x.Id == ben.Id).Online.ShouldBeFalse();
        (await ben.MembersAsync(room)).ShouldAllBe(x => !x.Online);
        await hers.ToldUntilAsync(ben.Id, "offline");
        await his.ToldUntilAsync(ann.Id, "offline");

        await ben.Http.SendAsync("PATCH /api/me", new { showPresence = true }).ShouldBe(200);
        await his.SayAsync("online");
        await hers.ToldUntilAsync(ben.Id, "online");
        (await ben.SeeAsync(ann.Id)).ShouldNotBe(["offline"]);
    }

    [Fact]
    public async Task Who_comes_is_seen_while_others_watches_are_checked_again_one_after_the_other()
    {
        var (ann, ben, eve) = (await Server.SignUpAsync("ann"), await Server.SignUpAsync("ben"), await Server.SignUpAsync("eve"));
        await ann.MakeRoomAsync("room", "private", null, ben.Id);
        await using var one = await eve.ListenAsync();
        await using var two = await eve.ListenAsync();
        await one.WatchAsync(eve.Id);
        await two.WatchAsync(eve.Id);
        TaskCompletionSource first = new(), goesOn = new(), second = new();
        var presence = Server.Service<ChatEngine>().Presence;
        var (sight, checks) = (presence.Sight!, 0);
        presence.Sight = async (viewer, people, ct) =>
        {
            if (viewer.Value != eve.Id) return await sight(viewer, people, ct);
            var isFirst = Interlocked.Increment(ref checks) == 1;
            if (isFirst) first.SetResult();
            await (isFirst ? goesOn : second).Task;
            return await sight(viewer, people, ct);
        };
        try
        {
            await eve.Http.SendAsync("PATCH /api/me", new { showPresence = false }).ShouldBe(200);
            await eve.Http.SendAsync("PATCH /api/me", new { showPresence = true }).ShouldBe(200);
            await first.Task.Within("the first check");
            await using var his = await ben.ListenAsync();
            goesOn.SetResult();
            await ann.SeesAsync(ben, "online");
        }
        finally
        {
            goesOn.TrySetResult();
            second.SetResult();
        }
    }

    [Fact]
    public async Task A_setting_that_stays_as_it_is_is_told_to_nobody()
    {
        var ann = await Server.SignUpAsync("ann");
        List<bool> told = [];
        Server.Service<AccountEvents>().PresenceChanged += (_, shows) => told.Add(shows);
        foreach (var showPresence in (bool[])[true, false, false, true, true])
        {
            var change = new { showPresence, statusMessage = $"{showPresence}" };
            var profile = await ann.Http.SendAsync("PATCH /api/me", change).Read<Profile>();
            (profile.ShowPresence, profile.StatusMessage).ShouldBe((showPresence, change.statusMessage));
        }

        told.ShouldBe([false, true]);
    }

    [Fact]
    public async Task Who_comes_into_a_room_is_seen_by_its_members_and_sees_them_at_once()
    {
        var (ann, ben) = (await Server.SignUpAsync("ann"), await Server.SignUpAsync("ben"));
        await using var hers = await ann.ListenAsync();
        await using var his = await ben.ListenAsync();
        await hers.WatchAsync(ben.Id);
        await his.WatchAsync(ann.Id);
        (await hers.ToldAsync(ben.Id), await his.ToldAsync(ann.Id)).ShouldBe(("offline", "offline"));
        await ben.JoinAsync(await ann.MakeRoomAsync());
        (await hers.ToldAsync(ben.Id), await his.ToldAsync(ann.Id)).ShouldBe(("online", "online"));
    }

    [Fact]
    public async Task Who_reads_does_something_by_a_frame_as_by_a_request()
    {
        var ann = await Server.SignUpAsync("ann");
        var room = await ann.MakeRoomAsync();
        await using var hers = await ann.ListenAsync();
        await hers.WatchAsync(ann.Id);
        await hers.ToldUntilAsync(ann.Id, "online");
        await hers.SayAsync("away");
        await hers.ToldUntilAsync(ann.Id, "away");
        await hers.SendAsync("SEND", "{\"seq\":1}", ("destination", $"/app/rooms/{room.Id}/read"));
        await hers.ToldUntilAsync(ann.Id, "online");
        await hers.SayAsync("away");
        await hers.ToldUntilAsync(ann.Id, "away");
        await ann.ReadAsync(room, 1);
        await hers.ToldUntilAsync(ann.Id, "online");
    }

    [Fact]
    public async Task Of_a_deleted_account_no_last_moment_is_left()
    {
        var (ann, ben) = (await Server.SignUpAsync("ann"), await Server.SignUpAsync("ben"));
        await ann.MakeRoomAsync("room", "private", null, ben.Id);
        await using (await ben.ListenAsync()) await ann.SeesAsync(ben, "online");
        await ann.SeesAsync(ben, "offline seen");
        await ben.Http.SendAsync("DELETE /api/me", new { password = Person.Password }).ShouldBe(204);
        (await ann.SeeAsync(ben.Id)).ShouldBe(["offline"]);
        (await Server.Service<Database>().FirstAsync<long>(
            "SELECT count(*) FROM last_seen WHERE user_id = @Id", new { ben.Id }, TestContext.Current.CancellationToken)).ShouldBe(0);
    }

    [Fact]
    public async Task A_list_has_1_to_200_people()
    {
        var ann = await Server.SignUpAsync("ann");
        (await ann.SeeAsync([.. Enumerable.Range(1, 200).Select(i => (long)i)])).Length.ShouldBe(200);
        string[] bad = ["", "?userIds=", "?userIds=0", "?userIds=01", "?userIds=-1", "?userIds=x", "?userIds=1,", "?userIds=%2B1", Long()];
        foreach (var query in bad)
            (await ann.Http.SendAsync($"GET /api/presence{query}").ShouldRefuseFields()).ShouldBe(["userIds"], query);
        await Server.Http.SendAsync("GET /api/presence?userIds=1").ShouldRefuse(Problem.Unauthenticated);

        static string Long() => $"?userIds={string.Join(',', Enumerable.Range(1, 201))}";
    }

    [Fact]
    public async Task People_asked_for_are_limited_by_their_number()
    {
        await using var server = await MaruServer.StartAsync(
            new ManualTime(), null, "--Maru:RateLimits:Enabled=true", "--Maru:Engine:Presence:PeopleBurst=4",
            "--Maru:Engine:Presence:PeoplePerSecond=1");
        var ann = await server.SignUpAsync("ann");
        await ann.SeeAsync(1, 2, 3, 4);
        await ann.Http.SendAsync("GET /api/presence?userIds=1").ShouldRefuse(Problem.RateLimited);
    }

    private Person At(Person person) => Server.Person(new(person.User, person.AccessToken, person.RefreshToken, 0));
}
