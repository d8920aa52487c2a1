using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.Presence;

public sealed class TypingTests(MaruServer server) : IClassFixture<MaruServer>
{
    [Fact]
    public async Task Members_see_who_types_by_a_frame_or_a_request_and_that_it_ended()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", "private", null, ben.Id);
        await using var hers = await ann.ListenAsync();
        await hers.SubscribeAsync(room.Id);
        using var stream = await EventStream.OpenAsync(server, $"/api/rooms/{room.Id}/events", ann.AccessToken);
        await using var his = await ben.ListenAsync();
        var said = await ann.SayAsync(room);
        (await stream.NextAsync()).Id.ShouldBe(said.Seq);     // the stream has begun
        await his.TypeAsync(room.Id, true);
        (await hers.TypingAsync(room.Id)).ShouldBe($"{ben.Id} true");
        var (id, type, json) = await stream.NextAsync();
        (id, type, json.GetProperty("userId").GetInt64()).ShouldBe((0, "typing", ben.Id));
        await his.SayAndWaitAsync(room.Id, "done");
        (await hers.TypingAsync(room.Id)).ShouldBe($"{ben.Id} false");

        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/typing", new { typing = true }).ShouldBe(204);
        (await hers.TypingAsync(room.Id)).ShouldBe($"{ben.Id} true");
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/typing", new { typing = false }).ShouldBe(204);
        (await hers.TypingAsync(room.Id)).ShouldBe($"{ben.Id} false");
    }

    [Fact]
    public async Task Typing_that_is_not_renewed_ends_by_itself()
    {
        await using var quick = await MaruServer.StartAsync("--Maru:Engine:Presence:TypingExpiry=00:00:02");
        var ann = await quick.SignUpAsync("ann");
        var room = await ann.MakeRoomAsync();
        await using var hers = await ann.ListenAsync();
        await hers.SubscribeAsync(room.Id);
        await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/typing", new { typing = true }).ShouldBe(204);
        (await hers.TypingAsync(room.Id), await hers.TypingAsync(room.Id)).ShouldBe(($"{ann.Id} true", $"{ann.Id} false"));
    }

    [Fact]
    public async Task Who_is_no_member_does_not_type_and_a_body_says_whether()
    {
        var (ann, eve) = (await server.SignUpAsync("ann"), await server.SignUpAsync("eve"));
        var room = await ann.MakeRoomAsync("room", "private");
        await eve.Http.SendAsync($"POST /api/rooms/{room.Id}/typing", new { typing = true }).ShouldRefuse(Problem.NotFound);
        await using var his = await eve.ListenAsync();
        await his.SubscribeAsync("/user/queue/errors", "errors");
        await his.TypeAsync(room.Id, true);
        (await his.RefusalAsync()).Type.ShouldBe(Problem.NotFound.Slug);
        (await ann.Http.SendAsync($"POST /api/rooms/{room.Id}/typing", new { }).ShouldRefuseFields()).ShouldBe(["typing"]);
    }

    [Theory]
    [InlineData("\"True\"")]
    [InlineData("\"False\"")]
    [InlineData("\"true\"")]
    [InlineData("1")]
    [InlineData("null")]
    public async Task Whether_somebody_types_is_true_or_false_and_no_text(string typing)
    {
        var ann = await server.SignUpAsync("ann");
        var room = await ann.MakeRoomAsync();
        await using var hers = await ann.ListenAsync();
        await hers.SubscribeAsync("/user/queue/errors", "errors");
        await hers.SendAsync("SEND", $"{{\"typing\":{typing}}}", ("destination", $"/app/rooms/{room.Id}/typing"), ("receipt", "r"));
        var refusal = await hers.RefusalAsync();
        (refusal.Type, refusal["receipt-id"]).ShouldBe((Problem.Invalid.Slug, "r"));
    }
}
