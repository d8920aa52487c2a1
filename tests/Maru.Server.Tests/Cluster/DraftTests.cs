using Maru.Server.Tests.Features.Drafts;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Cluster;

/// <summary>Drafts that several nodes take.</summary>
[Trait("Store", "postgres")]
public sealed class DraftTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task A_draft_written_on_one_node_is_heard_and_read_on_another_and_the_later_one_stays(int redis)
    {
        await using var cluster = await ClusterRig.StartAsync(redis: redis);
        var ann = await cluster[0].SignUpAsync();
        var other = cluster[1].Person(new(ann.User, ann.AccessToken, ann.RefreshToken, 0));
        var room = await ann.MakeRoomAsync();
        await using var phone = await other.ListenAsync();
        // Over Redis it is lost until Redis knows that the phone's node listens.
        await Deadline.Until(
            async () =>
            {
                await ann.DraftAsync(room, "first");
                await phone.SyncAsync();
                return phone.Inbox().Any(frame => frame.Command == "MESSAGE" && frame.Type == "draft.changed");
            },
            "a draft of the other node");
        (await phone.EventAsync("draft.changed")).Json.GetProperty("text").GetString().ShouldBe("first");
        for (var i = 0; i < 5; i++) await Task.WhenAll(ann.DraftAsync(room, $"a{i}"), other.DraftAsync(room, $"b{i}"));
        await ann.DraftAsync(room, "last");
        var (at, text) = (default(DateTimeOffset), "");
        while (text != "last")
        {
            var json = (await phone.EventAsync("draft.changed")).Json;
            text = json.GetProperty("text").GetString()!;
            at = json.GetProperty("at").GetDateTimeOffset();
        }

        var kept = (await other.DraftsAsync()).Items.ShouldHaveSingleItem();
        (kept.Text, kept.At).ShouldBe(("last", at));
    }
}
