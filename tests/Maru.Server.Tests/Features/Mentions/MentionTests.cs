using Maru.Server.Features.Accounts;
using Maru.Server.Features.Messages;
using Maru.Server.Features.Rooms;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Mentions;

public sealed class MentionTests(MaruServer server) : IClassFixture<MaruServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_says_whom_it_mentions_and_where_in_UTF16_units()
    {
        var (ann, ben, room) = await PairAsync();
        var (her, him) = (ann.Handle, ben.Handle);
        var text = $"🎉안녕 @{him.ToUpperInvariant()}, (@{her}) @{him}님 @all mail@{him} @nobody @{him}.";
        string[] words = [$"@{him.ToUpperInvariant()}", $"@{her}", $"@{him}님"[..^1], "@all", $"@{him}."[..^1]];
        var (expected, at) = (new List<string>(), 0);
        foreach (var word in words)
        {
            at = text.IndexOf(word, at, StringComparison.Ordinal);
            while (text[at - 1] == 'l') at = text.IndexOf(word, at + 1, StringComparison.Ordinal);      // of the mail address
            expected.Add($"{at}+{word.Length} {(word == "@all" ? "all" : word == $"@{her}" ? ann.Id : ben.Id)}");
            at += word.Length;
        }

        var told = string.Join(", ", expected);
        await using var socket = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await socket.SubscribeAsync(room.Id);
        var said = await ann.SayAsync(room, text);
        said.Mentions.Told().ShouldBe(told);
        (await ben.HistoryAsync(room)).Single().Mentions.Told().ShouldBe(told);
        (await ben.Http.SendAsync($"GET /api/rooms/{room.Id}/messages/{said.Seq}").Read<Message>()).Mentions.Told().ShouldBe(told);
        (await ben.Http.SendAsync("GET /api/me/rooms").Read<RoomPage>()).Items.Single().LastMessage!.Mentions.Told().ShouldBe(told);
        (await socket.EventAsync("message.created")).Json.GetProperty("message").MentionsOf().ShouldBe(told);
        (await ann.SayAsync(room, "nobody at all")).Mentions.ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_comes_back_is_told_the_same_as_those_who_were_there(bool isLoaded)
    {
        var (ann, ben, room) = await PairAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SubscribeAsync(room.Id);
        var said = await ann.SayAsync(room, $"@{ben.Handle} and @all");
        await ann.SayAsync(room, $"and @{ben.Handle}");
        await ann.EditAsync(room, said.Seq, $"@all and @{ann.Handle}");
        List<string> live = [];
        foreach (var type in (string[])["message.created", "message.created", "message.edited"])
            live.Add((await socket.EventAsync(type)).Text);
        live[1].ShouldContain($"\"mentions\":[{{\"start\":4,\"length\":{ben.Handle.Length + 1},\"userId\":{ben.Id}}}]");
        if (!isLoaded) await socket.DisposeAsync();     // the node forgets the room, and reads the store

        await using var back = await StompSocket.ConnectAsync(server.Address, ben.AccessToken);
        await back.SubscribeAsync(room.Id, after: said.Seq);
        foreach (var text in live[1..]) (await back.MessageAsync()).Text.ShouldBe(text);
    }

    [Fact]
    public async Task All_are_mentioned_by_owner_and_admins_alone_and_by_one_row()
    {
        var (ann, ben, room) = await PairAsync();
        (await ben.SayAsync(room, "@all")).Mentions.ShouldBeNull();
        (await ann.CountMentionsAsync(room)).ShouldBe(0);
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}/members/{ben.Id}", new { role = "admin" }).ShouldBe(204);
        (await ben.SayAsync(room, $"@all, @{ann.Handle} too")).Mentions!.Count.ShouldBe(2);
        (await ann.CountMentionsAsync(room)).ShouldBe(1);
        (await ben.CountMentionsAsync(room)).ShouldBe(0);
        (await RowsAsync(room)).ShouldBe([0]);
        await server.ShouldBalanceAsync(room);
    }

    [Fact]
    public async Task Own_deleted_and_earlier_mentions_do_not_count_and_what_counts_is_what_is_unread()
    {
        var (ann, ben, room) = await PairAsync();
        var first = await ann.SayAsync(room, $"@{ben.Handle}");
        var second = await ann.SayAsync(room, $"@{ben.Handle} @{ben.Handle}");
        var third = await ann.SayAsync(room, "@all");
        await ben.SayAsync(room, $"@{ben.Handle} @{ann.Handle}");
        (await ben.CountMentionsAsync(room)).ShouldBe(3);
        (await ann.CountMentionsAsync(room)).ShouldBe(1);
        var cat = await server.SignUpAsync("cat");
        await cat.JoinAsync(room);
        (await cat.CountMentionsAsync(room)).ShouldBe(0);
        await ben.ReadAsync(room, first.Seq);
        (await ben.CountMentionsAsync(room)).ShouldBe(2);
        await ann.DeleteAsync(room, second.Seq);
        (await ben.CountMentionsAsync(room)).ShouldBe(1);
        await ann.DeleteAsync(room, third.Seq);
        (await ben.CountMentionsAsync(room)).ShouldBe(0);
        await ben.UnreadAsync(room, 0);
        (await ben.CountMentionsAsync(room)).ShouldBe(1);
        (await ben.HistoryAsync(room)).Single(x => x.Seq == second.Seq).Mentions.ShouldBeNull();
        await server.ShouldBalanceAsync(room);
    }

    [Fact]
    public async Task An_edit_takes_a_mention_back_and_adds_one()
    {
        var (ann, ben, room) = await PairAsync();
        var said = await ann.SayAsync(room, $"@{ben.Handle} hello");
        (await ann.EditAsync(room, said.Seq, "hello")).Mentions.ShouldBeNull();
        (await ben.CountMentionsAsync(room)).ShouldBe(0);
        (await ann.EditAsync(room, said.Seq, $"hello @{ben.Handle}")).Mentions.Told().ShouldBe($"6+{ben.Handle.Length + 1} {ben.Id}");
        (await ben.CountMentionsAsync(room)).ShouldBe(1);
        await ann.EditAsync(room, said.Seq, $"hello @all, @{ben.Handle}");
        (await ben.CountMentionsAsync(room)).ShouldBe(1);
        (await RowsAsync(room)).ShouldBe([0]);
        await ann.EditAsync(room, said.Seq, $"hello @{ann.Handle}, @{ben.Handle}");
        (await RowsAsync(room)).ShouldBe([ben.Id]);
        await ben.ReadAsync(room, said.Seq);
        (await ben.CountMentionsAsync(room)).ShouldBe(0);
        await server.ShouldBalanceAsync(room);
    }

    [Fact]
    public async Task Who_leaves_has_no_mentions_and_who_comes_back_begins_anew()
    {
        var (ann, ben, room) = await PairAsync();
        var said = await ann.SayAsync(room, $"@{ben.Handle} @all");
        await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        (await ann.SayAsync(room, $"@{ben.Handle}")).Mentions.ShouldBeNull();
        await ben.JoinAsync(room);
        (await ben.CountMentionsAsync(room)).ShouldBe(0);
        await ben.UnreadAsync(room, 0);
        (await ben.CountMentionsAsync(room)).ShouldBe(0);
        await ann.EditAsync(room, said.Seq, $"again @{ben.Handle}");
        (await ben.CountMentionsAsync(room)).ShouldBe(0);
        (await ben.MentionsAsync()).Items.ShouldBeEmpty();
        await ann.SayAsync(room, $"@{ben.Handle}");
        (await ben.CountMentionsAsync(room)).ShouldBe(1);
        await server.ShouldBalanceAsync(room);
    }

    [Fact]
    public async Task A_message_has_fifty_mentions_at_most()
    {
        var (ann, ben, room) = await PairAsync();
        var said = await ann.SayAsync(room, string.Join(' ', Enumerable.Repeat($"@{ben.Handle}", 60)));
        said.Mentions!.Count.ShouldBe(50);
        (await ben.CountMentionsAsync(room)).ShouldBe(1);
        (await RowsAsync(room)).ShouldBe([ben.Id]);
    }

    [Fact]
    public async Task A_handle_that_ends_with_a_dot_is_told_from_the_end_of_a_sentence()
    {
        var ann = await server.SignUpAsync("ann");
        var name = $"dot{ann.Id}";
        var (plain, dotted) = (await SignUpAsync(name), await SignUpAsync($"{name}."));
        var room = await ann.MakeRoomAsync(members: [plain.Id, dotted.Id]);
        (await ann.SayAsync(room, $"@{name}. @{name}.. @{name}-. @{name}...............")).Mentions.Told().ShouldBe(
            $"0+{name.Length + 2} {dotted.Id}, {name.Length + 3}+{name.Length + 2} {dotted.Id}, "
                + $"{(2 * name.Length) + 7}+{name.Length + 1} {plain.Id}, {(3 * name.Length) + 11}+{name.Length + 1} {plain.Id}");

        async Task<Person> SignUpAsync(string handle)
        {
            var account = new { handle, name = "Dot", password = Person.Password };
            return server.Person(await server.Http.SendAsync("POST /api/auth/signup", account).Read<SignedIn>(201));
        }
    }

    [Fact]
    public async Task A_transaction_that_is_refused_mentions_nobody_and_one_that_is_committed_does()
    {
        var (ann, ben, room) = await PairAsync();
        await using var socket = await StompSocket.ConnectAsync(server.Address, ann.AccessToken);
        await socket.SubscribeAsync("/user/queue/errors", "errors");
        await TransactAsync("bad", """, "replyTo": 99""");
        await socket.RefusalAsync();
        (await RowsAsync(room)).ShouldBeEmpty();
        await TransactAsync("good", "");
        await socket.ReceiptAsync("good");
        (await RowsAsync(room)).ShouldBe([ben.Id, ben.Id]);
        (await ben.CountMentionsAsync(room)).ShouldBe(2);
        await server.ShouldBalanceAsync(room);

        async Task TransactAsync(string name, string more)
        {
            await socket.SendAsync("BEGIN", "", ("transaction", name));
            foreach (var field in (string[])["", more])
            {
                await socket.SendAsync(
                    "SEND", $$"""{"text":"@{{ben.Handle}}"{{field}}}""", ("destination", $"/app/rooms/{room.Id}/messages"),
                    ("transaction", name));
            }

            await socket.SendAsync("COMMIT", "", ("transaction", name), ("receipt", name));
        }
    }

    private Task<IReadOnlyList<long>> RowsAsync(Room room) => server.Service<Database>().ListAsync<long>(
        "SELECT user_id FROM mentions WHERE room_id = @Id AND user_id >= 0 ORDER BY seq, user_id", new { room.Id }, Ct);

    private async Task<(Person Ann, Person Ben, Room Room)> PairAsync()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        return (ann, ben, await ann.MakeRoomAsync(members: ben.Id));
    }
}
