using FsCheck;
using FsCheck.Fluent;

namespace Maru.Engine.Tests.People;

public sealed class UnreadFeedTests
{
    [Fact]
    public void Whatever_happens_people_are_told_what_a_recount_finds() => Prop.ForAll(
        (byte[] acts) => Task.Run(() => RunAsync(acts)).GetAwaiter().GetResult())
        .Check(Config.QuickThrowOnFailure.WithMaxTest(5000).WithEndSize(80));

    [Fact]
    public async Task A_message_that_comes_while_a_new_members_room_is_read_is_told()
    {
        using var world = new UnreadWorld(isAlone: true);
        var (user, room) = (new UserId(1), new RoomId(1));
        await world.FollowAsync(user);
        world.Leave(user, room, way: 0);
        await world.RunAsync(rounds: 1);        // this node still listens to the room
        world.Join(user, room, way: 0);
        world.Meanwhile = () => world.CommitAsync(room, new UserId(2));
        await world.RunAsync(rounds: 2);
        world.Told().ShouldBe(world.Recount());
    }

    [Fact]
    public async Task Of_a_member_who_leaves_the_store_is_asked_and_of_the_others_not()
    {
        using var world = new UnreadWorld(isAlone: true);
        var room = new RoomId(1);
        for (var user = 1; user <= 3; user++) await world.FollowAsync(new UserId(user));
        await world.RunAsync(rounds: 1);
        world.Asked.Clear();
        world.Leave(new UserId(1), room, way: 0);
        await world.RunAsync(rounds: 1);
        world.Asked.ShouldBe([(new UserId(1), room)]);
        await world.SayAsync();
        world.Told().ShouldBe(world.Recount());
    }

    private static async Task RunAsync(byte[] acts)
    {
        if (acts.Length == 0) return;
        using var world = new UnreadWorld(isAlone: acts[0] % 2 == 0);
        for (var i = 1; i + 1 < acts.Length; i += 2) await world.ActAsync(acts[i], acts[i + 1]);
        await world.SettleAsync();
        world.Told().ShouldBe(world.Recount());
        await world.SayAsync();
        world.Told().ShouldBe(world.Recount());
        world.MentionsShouldBeTold();
    }
}
