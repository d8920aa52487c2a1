using Maru.Engine.Clients;

namespace Maru.Engine.Tests.Clients;

/// <summary>Few are kept in an array, many in a dictionary: nobody can tell which.</summary>
public sealed class SmallMapTests
{
    [Fact]
    public void The_ninth_leaves_the_first_eight_where_they_are()
    {
        var map = default(SmallMap<int, string>);
        for (var i = 1; i <= 9; i++) map.Add(i, $"{i}");
        map.Count.ShouldBe(9);
        map.Values().ShouldBe(["1", "2", "3", "4", "5", "6", "7", "8", "9"], ignoreOrder: true);
        for (var i = 1; i <= 9; i++)
        {
            map.TryGet(i, out var value).ShouldBeTrue();
            value.ShouldBe($"{i}");
        }

        map.TryGet(10, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(6)]
    [InlineData(12)]
    [InlineData(40)]
    public void Whatever_is_done_it_holds_what_a_dictionary_holds(int keys)
    {
        var random = new Random(keys);
        var map = default(SmallMap<int, string>);
        Dictionary<int, string> expected = [];
        for (var step = 0; step < 3000; step++)
        {
            var key = random.Next(keys);
            if (random.Next(500) == 0)
            {
                map.Clear();
                expected.Clear();
            }
            else if (expected.TryGetValue(key, out var known))
            {
                map.TryGet(key, out var got).ShouldBeTrue();
                got.ShouldBe(known);
                map.Remove(key, out var removed).ShouldBeTrue();
                removed.ShouldBe(known);
                expected.Remove(key);
            }
            else
            {
                map.TryGet(key, out _).ShouldBeFalse();
                map.Remove(key, out _).ShouldBeFalse();
                map.Add(key, $"{step}");
                expected.Add(key, $"{step}");
            }

            map.Count.ShouldBe(expected.Count);
            map.Values().Order().ShouldBe(expected.Values.Order());
        }
    }
}
