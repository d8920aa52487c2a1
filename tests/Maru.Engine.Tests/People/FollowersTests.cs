using Maru.Engine.People;

namespace Maru.Engine.Tests.People;

public sealed class FollowersTests
{
    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 200)]
    [InlineData(3, 3000)]
    public void Whoever_comes_and_goes_each_is_found_with_what_they_were_told(int seed, int people)
    {
        var random = new Random(seed);
        var (followers, right) = (new Followers(), new Dictionary<UserId, int>());
        for (var i = 0; i < 20 * people; i++)
        {
            // Ids one after the other, and some far apart that share a place in the table.
            var user = new UserId(random.Next(people) * (random.Next(4) == 0 ? 1L << 32 : 1));
            if (random.Next(5) < 2)
            {
                followers.Remove(user).ShouldBe(right.Remove(user));
            }
            else
            {
                ref var follower = ref followers.FindOrAdd(user);
                follower.User.ShouldBe(user);
                follower.Told.ShouldBe(right.GetValueOrDefault(user));
                follower.ToldSeq.ShouldBe(right.ContainsKey(user) ? 1 : -1);
                (follower.Told, follower.ToldSeq) = (right[user] = i, 1);
            }

            followers.Count.ShouldBe(right.Count);
        }

        followers.All.ToArray().ToDictionary(x => x.User, x => x.Told).ShouldBe(right, ignoreOrder: true);
        foreach (var user in right.Keys.ToArray()) followers.Remove(user).ShouldBeTrue();
        followers.Count.ShouldBe(0);
    }
}
