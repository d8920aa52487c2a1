using System.Net;
using Maru.Engine.Problems;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Rooms;
using Maru.Server.Tests.Features.Rooms;
using Maru.Server.Tests.Realtime;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Reactions;

public sealed class ReactionTests(MaruServer server) : IClassFixture<MaruServer>
{
    private const string England = "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F";

    [Fact]
    public async Task A_reaction_shows_wherever_its_message_does_to_each_reader_as_theirs_or_not()
    {
        var (ann, ben, room, said) = await TalkAsync();
        await ann.ReactAsync(room, said, "👍");
        await ben.ReactAsync(room, said, "👍");
        await ben.ReactAsync(room, said, "🎉");
        foreach (var (person, seen) in new[] { (ann, "👍 2 mine, 🎉 1"), (ben, "👍 2 mine, 🎉 1 mine") })
        {
            (await person.SeeReactionsAsync(room, said)).ShouldBe(seen);
            (await person.HistoryAsync(room)).Single(x => x.Seq == said).Reactions.Told().ShouldBe(seen);
            var rooms = await person.Http.SendAsync("GET /api/me/rooms").Read<RoomPage>();
            rooms.Items.Single(x => x.Id == room.Id).LastMessage!.Reactions.Told().ShouldBe(seen);
        }

        var edited = await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/{said}", new { text = "hi" }).Read<Message>();
        edited.Reactions.Told().ShouldBe("👍 2 mine, 🎉 1");
        await ben.TakeBackAsync(room, said, "👍");
        await ben.TakeBackAsync(room, said, "🎉");
        (await ben.SeeReactionsAsync(room, said)).ShouldBe("👍 1");
        await ann.TakeBackAsync(room, said, "👍");
        (await ann.SeeReactionsAsync(room, said)).ShouldBe("");
        await server.ShouldCountReactionsAsync();
    }

    [Fact]
    public async Task A_repeat_changes_nothing_and_appends_nothing()
    {
        var (ann, _, room, said) = await TalkAsync();
        await ann.TakeBackAsync(room, said, "👍");
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(said);
        for (var i = 0; i < 3; i++) await ann.ReactAsync(room, said, "👍");
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(said + 1);
        (await ann.SeeReactionsAsync(room, said)).ShouldBe("👍 1 mine");
        for (var i = 0; i < 3; i++) await ann.TakeBackAsync(room, said, "👍");
        (await ann.SeeAsync(room)).LastSeq.ShouldBe(said + 2);
    }

    [Fact]
    public async Task Any_emoji_goes_in_any_spelling_and_each_is_one()
    {
        var (ann, ben, room, said) = await TalkAsync();
        string[] emoji = ["👍🏽", "👨\u200D👩\u200D👧\u200D👦", "🇰🇷", "#\uFE0F\u20E3", "🏳\uFE0F\u200D🌈", "❤\uFE0F", "🫪", England];
        foreach (var one in emoji) await ann.ReactAsync(room, said, one);
        (await ann.SeeReactionsAsync(room, said)).ShouldBe(string.Join(", ", emoji.Select(x => $"{x} 1 mine")));
        await ben.ReactAsync(room, said, "❤");
        await ben.ReactAsync(room, said, "❤\uFE0E");
        await ben.ReactAsync(room, said, "#\u20E3");
        (await ben.SeeReactionsAsync(room, said)).ShouldContain("#\uFE0F\u20E3 2 mine");
        (await ben.SeeReactionsAsync(room, said)).ShouldContain("❤\uFE0F 2 mine");
        await ann.TakeBackAsync(room, said, "❤");
        (await ben.SeeReactionsAsync(room, said)).ShouldContain("❤\uFE0F 1 mine");
        await server.ShouldCountReactionsAsync();
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("1")]
    [InlineData("👍👍")]
    [InlineData("%FF")]
    [InlineData("%2F")]
    [InlineData("%20")]
    [InlineData("%E2%80%8D")]
    public async Task Text_is_refused_as_a_field(string text)
    {
        var (ann, _, room, said) = await TalkAsync();
        foreach (var method in (string[])["PUT", "DELETE"])
            (await ann.Http.SendAsync($"{method} {Reacting.Address(room, said, null)}/{text}").ShouldRefuseFields()).ShouldBe(["emoji"]);
        (await ann.Http.SendAsync($"GET {Reacting.Address(room, said, null)}?emoji={text}").ShouldRefuseFields()).ShouldBe(["emoji"]);
    }

    [Fact]
    public async Task Only_members_react_and_only_they_see_who_did()
    {
        var (ann, ben, room, said) = await TalkAsync("private");
        var eve = await server.SignUpAsync("eve");
        await ben.ReactAsync(room, said, "👍");
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        foreach (var (person, place) in new[] { (eve, room), (ben, room), (ann, room with { Id = 987654321 }) })
        {
            await person.Http.SendAsync($"PUT {Reacting.Address(place, said, "👍")}").ShouldRefuse(Problem.NotFound);
            await person.Http.SendAsync($"DELETE {Reacting.Address(place, said, "👍")}").ShouldRefuse(Problem.NotFound);
            await person.Http.SendAsync($"GET {Reacting.Address(place, said, null)}").ShouldRefuse(Problem.NotFound);
        }

        await ann.Http.SendAsync($"PUT {Reacting.Address(room, 999, "👍")}").ShouldRefuse(Problem.NotFound);
        await ann.Http.SendAsync($"GET {Reacting.Address(room, 999, null)}").ShouldRefuse(Problem.NotFound);
        await server.Http.SendAsync($"PUT {Reacting.Address(room, said, "👍")}").ShouldRefuse(Problem.Unauthenticated);
        (await ann.SeeReactionsAsync(room, said)).ShouldBe("👍 1");
    }

    [Fact]
    public async Task Deleted_and_system_messages_take_none()
    {
        var (ann, _, room, said) = await TalkAsync();
        await (await server.SignUpAsync("cat")).JoinAsync(room);
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{said}").ShouldBe(204);
        foreach (var seq in (long[])[said, said + 1])
        {
            await ann.Http.SendAsync($"PUT {Reacting.Address(room, seq, "👍")}").ShouldRefuse(Problem.NotEditable);
            await ann.Http.SendAsync($"DELETE {Reacting.Address(room, seq, "👍")}").ShouldRefuse(Problem.NotEditable);
            (await ann.ReactionsAsync(room, seq)).Items.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_message_that_is_deleted_loses_its_reactions()
    {
        var (ann, ben, room, said) = await TalkAsync();
        await ann.ReactAsync(room, said, "👍");
        await ben.ReactAsync(room, said, "🎉");
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{said}").ShouldBe(204);
        (await ben.SeeReactionsAsync(room, said)).ShouldBe("");
        (await ben.ReactionsAsync(room, said)).Items.ShouldBeEmpty();
        await server.ShouldCountReactionsAsync();
    }

    [Fact]
    public async Task Reactions_of_who_left_stay_and_those_of_a_deleted_account_are_a_deleted_users()
    {
        var (ann, ben, room, said) = await TalkAsync();
        var dan = await server.SignUpAsync("dan");
        await dan.JoinAsync(room);
        await ben.ReactAsync(room, said, "👍");
        await dan.ReactAsync(room, said, "👍");
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        await Past.GoAsync(dan, ann, room);
        (await ann.SeeReactionsAsync(room, said)).ShouldBe("👍 2");
        (await ann.ReactionsAsync(room, said)).Items.Select(x => x.User.Name).ShouldBe([ben.User.Name, "deleted user"]);
    }

    [Fact]
    public async Task A_message_has_a_bounded_number_of_kinds_and_so_has_each_user_on_it()
    {
        await using var own = await MaruServer.StartAsync("--Maru:Reactions:KindsPerMessage=3", "--Maru:Reactions:KindsPerUser=2");
        var (ann, ben) = (await own.SignUpAsync("ann"), await own.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        var said = (await ann.SayAsync(room)).Seq;
        await ann.ReactAsync(room, said, "👍");
        await ann.ReactAsync(room, said, "🎉");
        await ann.Http.SendAsync($"PUT {Reacting.Address(room, said, "❤\uFE0F")}").ShouldRefuse(Problem.TooManyReactions);
        await ann.ReactAsync(room, said, "🎉");
        await ben.ReactAsync(room, said, "❤\uFE0F");
        await ben.Http.SendAsync($"PUT {Reacting.Address(room, said, "🚀")}").ShouldRefuse(Problem.TooManyEmoji);
        await ben.ReactAsync(room, said, "👍");
        await ben.TakeBackAsync(room, said, "❤\uFE0F");
        await ben.ReactAsync(room, said, "🚀");
        (await ben.SeeReactionsAsync(room, said)).ShouldBe("👍 2 mine, 🎉 1, 🚀 1 mine");
        await own.ShouldCountReactionsAsync();
    }

    [Fact]
    public async Task An_emoji_in_the_address_is_the_same_over_HTTP2()
    {
        using var certificate = new ServerCertificate();
        await using var own = await MaruServer.StartAsync(certificate.Settings);
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = certificate.IsPresented;
        using var http = ApiCheck.Client(own.AddressOf(Uri.UriSchemeHttps), handler);
        var ann = await own.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var said = (await ann.SayAsync(room)).Seq;
        foreach (var (method, emoji) in new[] { ("PUT", "👩🏽\u200D🚀"), ("PUT", "*\uFE0F\u20E3"), ("PUT", "❤\uFE0F"), ("DELETE", "❤") })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), Reacting.Address(room, said, emoji))
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            request.Headers.Authorization = new("Bearer", ann.AccessToken);
            await http.SendAsync(request, TestContext.Current.CancellationToken).ShouldBe(204);
        }

        (await ann.SeeReactionsAsync(room, said)).ShouldBe("👩🏽\u200D🚀 1 mine, *\uFE0F\u20E3 1 mine");
    }

    [Fact]
    public async Task What_an_older_program_leaves_of_a_deleted_message_is_not_shown()
    {
        await using var own = await MaruServer.StartAsync();
        var ann = await own.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var said = (await ann.SayAsync(room)).Seq;
        await ann.ReactAsync(room, said, "👍");
        var deletion = $"UPDATE messages SET text = '', deleted_at = 1 WHERE room_id = {room.Id} AND seq = {said}";
        await TestStore.ExecuteAsync(own.Store, deletion);
        (await ann.SeeReactionsAsync(room, said)).ShouldBe("");
        (await ann.ReactionsAsync(room, said)).Items.ShouldBeEmpty();
    }

    /// <summary>Ann and Ben in a room, and the seq of what Ann said.</summary>
    private async Task<(Person Ann, Person Ben, Room Room, long Said)> TalkAsync(string visibility = "public")
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync("room", visibility, null, ben.Id);
        return (ann, ben, room, (await ann.SayAsync(room)).Seq);
    }
}
