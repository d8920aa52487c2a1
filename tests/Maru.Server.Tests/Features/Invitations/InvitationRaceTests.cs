using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Invitations;

/// <summary>Many people at one link at the same moment.</summary>
public sealed class InvitationRaceTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task The_last_use_is_taken_once_however_many_come_at_once(int uses)
    {
        var ann = await server.SignUpAsync();
        var people = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => server.SignUpAsync("ben")));
        var room = await ann.MakeRoomAsync(visibility: "private");
        var link = await ann.InviteAsync(room, maxUses: uses);
        var statuses = await Task.WhenAll(people.Select(x => x.AcceptAsync(link).StatusAsync()));
        statuses.Count(x => x == 200).ShouldBe(uses);
        statuses.Count(x => x == 404).ShouldBe(people.Length - uses);
        (await ann.MembersAsync(room)).Count.ShouldBe(uses + 1);
        (await ann.InvitationsAsync(room)).Single().Uses.ShouldBe(uses);
        (await ann.NewsAsync(room)).Count.ShouldBe(uses);
        await server.ShouldCountUsesAsync();
    }

    [Fact]
    public async Task A_revocation_among_many_who_come_leaves_as_many_members_as_uses()
    {
        var (ann, dan) = (await server.SignUpAsync(), await server.SignUpAsync("dan"));
        var people = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.SignUpAsync("ben")));
        var room = await ann.MakeRoomAsync(visibility: "private");
        var link = await ann.InviteAsync(room);
        var coming = people.Select(x => x.AcceptAsync(link).StatusAsync()).ToArray();
        await Task.WhenAny(coming);
        await ann.Http.SendAsync($"DELETE /api/invitations/{link.Code}").ShouldBe(204);
        await dan.AcceptAsync(link).ShouldBe(404);
        var statuses = await Task.WhenAll(coming);
        statuses.ShouldAllBe(x => x == 200 || x == 404);
        (await ann.MembersAsync(room)).Count.ShouldBe(1 + statuses.Count(x => x == 200));
        await server.ShouldCountUsesAsync();
    }
}
