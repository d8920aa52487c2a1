using System.Buffers.Text;
using System.Text.RegularExpressions;
using Maru.Server.Features.Search;
using Maru.Server.Tests.Features.Contacts;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Messages;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Search;

/// <summary>What is found, by whom, and what not.</summary>
public sealed class SearchTests(SearchTests.Fixture fixture) : IClassFixture<SearchTests.Fixture>
{
    private MaruServer Server => fixture.Server;

    [Fact]
    public async Task Words_phrases_and_parts_of_dense_scripts_are_found_and_highlighted()
    {
        var (ann, ben, room) = await MeetAsync();
        string[] texts =
        [
            "The Harbour is closed", "harbours are not", "오늘 점심은 도시락이에요", "東京タワーに行きました", "我们去北京大学吧",
            "good  night\nHarbour master", "👍 done", "it was -5 degrees",
        ];
        foreach (var text in texts) await ann.SayAsync(room, text);
        await Server.IndexedAsync();
        (await ben.TextsAsync("harbour")).ShouldBe([texts[5], texts[0]]);
        (await ben.TextsAsync("HARBOUR closed")).ShouldBe([texts[0]]);
        (await ben.TextsAsync("\"good night harbour\"")).ShouldBe([texts[5]]);
        (await ben.TextsAsync("\"night good\"")).ShouldBeEmpty();
        (await ben.TextsAsync("harbour -master")).ShouldBe([texts[0]]);
        (await ben.TextsAsync("\"-5 degrees\"")).ShouldBe([texts[7]]);
        (await ben.TextsAsync("\"harbour\" -\"harbour master\"")).ShouldBe([texts[0]]);
        (await ben.TextsAsync("도시락")).ShouldBe([texts[2]]);
        (await ben.TextsAsync("시락")).ShouldBe([texts[2]]);
        (await ben.TextsAsync("락")).ShouldBe([texts[2]]);
        (await ben.TextsAsync("ㄷㅅㄹ")).ShouldBe([texts[2]]);
        (await ben.TextsAsync("도락")).ShouldBeEmpty();
        (await ben.TextsAsync("タワー")).ShouldBe([texts[3]]);
        (await ben.TextsAsync("ﾀﾜｰ")).ShouldBe([texts[3]]);
        (await ben.TextsAsync("北京大学")).ShouldBe([texts[4]]);
        (await ben.TextsAsync("👍")).ShouldBe([texts[6]]);
        (await ben.SearchAsync("harbour"))[0].Highlighted().ShouldBe(["Harbour"]);
        (await ben.SearchAsync("도시 점심"))[0].Highlighted().ShouldBe(["점심", "도시"]);
        (await ben.SearchAsync("ㄷㅅㄹ"))[0].Highlighted().ShouldBe(["도시락"]);
    }

    [Fact]
    public async Task Filters_leave_out_what_they_say()
    {
        var (ann, ben, room) = await MeetAsync();
        var other = await ann.MakeRoomAsync(members: ben.Id);
        await ann.SayAsync(room, "tide by ann");
        await ben.SayAsync(room, $"tide by ben for @{ann.Handle}");
        await ann.SayAsync(other, "tide elsewhere https://example.org");
        await ben.SendAsync(other, "tide table", await ben.UploadAsync(name: "파도 2026.pdf"));
        await Server.IndexedAsync();
        (await ann.TextsAsync($"tide from:@{ben.Handle}")).ShouldBe(["tide table", $"tide by ben for @{ann.Handle}"]);
        (await ann.TextsAsync("tide from:me")).ShouldBe(["tide elsewhere https://example.org", "tide by ann"]);
        (await ann.TextsAsync($"tide in:{other.Id}")).Length.ShouldBe(2);
        (await ann.TextsAsync("tide", $"&roomId={room.Id}")).Length.ShouldBe(2);
        (await ann.TextsAsync("tide has:file")).ShouldBe(["tide table"]);
        (await ann.TextsAsync("파도")).ShouldBe(["tide table"]);
        (await ann.TextsAsync("tide has:link")).ShouldBe(["tide elsewhere https://example.org"]);
        (await ann.TextsAsync("mentions:me")).ShouldBe([$"tide by ben for @{ann.Handle}"]);
        (await ann.TextsAsync("tide before:2020-01-01")).ShouldBeEmpty();
        (await ann.TextsAsync("tide after:2020-01-01")).Length.ShouldBe(4);
        (await ann.TextsAsync("tide from:nobody-at-all")).ShouldBeEmpty();
    }

    [Fact]
    public async Task In_takes_the_name_of_a_room_as_people_type_it()
    {
        var (ann, ben, _) = await MeetAsync();
        var cho = await Server.SignUpAsync("cho");
        var one = await ann.MakeRoomAsync("Harbour Crew", members: ben.Id);
        var two = await ann.MakeRoomAsync("harbour crew", members: ben.Id);
        var seoul = await ann.MakeRoomAsync("서울오피스", members: ben.Id);
        var year = await ann.MakeRoomAsync("20260101", members: ben.Id);
        var others = await cho.MakeRoomAsync(name: "Harbour Crew");
        var direct = await ann.DirectAsync(ben);
        foreach (var room in (Room[])[one, two, seoul, year, direct]) await ann.SayAsync(room, $"beacon {room.Id}");
        await cho.SayAsync(others, "beacon of cho");
        await Server.IndexedAsync();

        (string, Room[])[] means =
        [
            ("in:\"Harbour Crew\" beacon", [two, one]), ("beacon IN:\"ｈarbour  crew", [two, one]),
            ("in:“harbour crew” beacon", [two, one]),
            ("beacon in:서울오피스", [seoul]), ("beacon in:20260101", [year]), ($"beacon in:{one.Id}", [one]),
            ("beacon in:harbour", []), ("beacon in:nowhere", []), ($"beacon in:{others.Id}", []), ("beacon in:999999", []),
            ("beacon in:Ben", [direct]), ($"beacon in:@{ben.Handle}", [direct]), ($"beacon in:{ann.Handle}", []),
        ];
        foreach (var (query, rooms) in means)
            (await ann.TextsAsync(query)).ShouldBe(rooms.Select(room => $"beacon {room.Id}"), query);
        (await ann.TextsAsync("beacon in:\"harbour crew\"", $"&roomId={one.Id}")).ShouldBe([$"beacon {one.Id}"]);
        (await cho.TextsAsync("beacon in:\"harbour crew\"")).ShouldBe(["beacon of cho"]);
        (await ben.TextsAsync($"beacon in:@{ann.Handle}")).ShouldBe([$"beacon {direct.Id}"]);
        foreach (var query in (string[])["in:\"harbour crew\"", "beacon in:", "beacon in:\"\"", "beacon in:\" \""])
            (await ann.TrySearchAsync(query).ShouldRefuseFields()).ShouldBe(["q"]);
    }

    [Fact]
    public async Task What_was_found_in_the_name_of_a_file_is_shown_there()
    {
        var (ann, ben, room) = await MeetAsync();
        await ann.SendAsync(room, "The plan", await ann.UploadAsync(name: "notes.pdf"), await ann.UploadAsync(name: "Berth PLAN 계획서.pdf"));
        await ann.SayAsync(room, "no file, but a plan");
        await Server.IndexedAsync();
        var found = await ben.SearchAsync("plan");
        found[0].FileHighlights.ShouldBeNull();
        found[1].Highlighted().ShouldBe(["plan"]);
        found[1].FileHighlights.ShouldBe([new(1, 6, 4)]);
        var files = (await ben.SearchAsync("ㄱㅎ pdf")).ShouldHaveSingleItem();
        files.Highlights.ShouldBeEmpty();
        files.FileHighlights!.Select(place => files.Files[place.File].Name.Substring(place.Start, place.Length))
            .ShouldBe(["pdf", "계획", "pdf"]);
        (await ben.TextsAsync("\"pdf berth\"")).ShouldBeEmpty("these are the names of two files");
        (await ben.TextsAsync("plan -notes")).ShouldBe(["no file, but a plan"]);
        (await ann.HistoryAsync(room)).ShouldAllBe(message => message.FileHighlights == null);
    }

    [Fact]
    public async Task Only_those_find_a_message_who_see_it_and_only_as_it_is()
    {
        var (ann, ben, room) = await MeetAsync();
        var cho = await Server.SignUpAsync("cho");
        var (kept, edited, gone) =
            (await ann.SayAsync(room, "anchor kept"), await ann.SayAsync(room, "anchor edited"), await ann.SayAsync(room, "anchor gone"));
        await Server.IndexedAsync();
        (await ben.TextsAsync("anchor")).Length.ShouldBe(3);
        (await cho.TextsAsync("anchor")).ShouldBeEmpty();
        await ann.ReviseAsync(room, edited.Seq, "mooring edited");
        await ann.EraseAsync(room, gone.Seq);
        (await ben.TextsAsync("anchor")).ShouldBe([kept.Text]);        // also before the index knows
        await Server.IndexedAsync();
        (await ben.TextsAsync("anchor")).ShouldBe([kept.Text]);
        (await ben.TextsAsync("mooring")).ShouldBe(["mooring edited"]);
        await cho.JoinAsync(room);
        (await cho.TextsAsync("anchor")).ShouldBe([kept.Text]);
        await cho.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
        (await cho.TextsAsync("anchor")).ShouldBeEmpty();
        await ann.Http.SendAsync($"PATCH /api/rooms/{room.Id}", new { history = "joined" }).ShouldBe(200);
        await cho.JoinAsync(room);
        (await cho.TextsAsync("anchor")).ShouldBeEmpty();
        await ann.SayAsync(room, "anchor again");
        await Server.IndexedAsync();
        (await cho.TextsAsync("anchor")).ShouldBe(["anchor again"]);
    }

    [Fact]
    public async Task Pages_have_everything_once_also_for_somebody_in_many_rooms()
    {
        var (ann, ben, room) = await MeetAsync();
        for (var i = 0; i < 45; i++) await ben.MakeRoomAsync();
        var hidden = await ann.MakeRoomAsync();
        for (var i = 0; i < 30; i++)
        {
            await ann.SayAsync(i % 3 == 0 ? hidden : room, $"lantern {i}");
        }

        await Server.IndexedAsync();
        string[] all = [.. Enumerable.Range(0, 30).Where(i => i % 3 != 0).Reverse().Select(i => $"lantern {i}")];
        foreach (var person in (Person[])[ben, ann])
        {
            foreach (var size in (int[])[1, 7, 20])
            {
                List<string> found = [];
                for (var next = ""; next is not null;)
                {
                    var page = await person.TrySearchAsync("lantern", $"&limit={size}&before={next}&roomId={room.Id}").Read<SearchPage>();
                    page.Items.Count.ShouldBeLessThanOrEqualTo(size);
                    found.AddRange(page.Items.Select(message => message.Text));
                    next = page.Next;
                }

                found.ShouldBe(all);
            }
        }

        (await ben.TextsAsync("lantern")).ShouldBe(all);
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("\"\"\"\" AND \"x")]
    [InlineData("NEAR(a b)")]
    [InlineData("t:x OR 1=1")]
    [InlineData("a* ^b {c}")]
    [InlineData("'; DROP TABLE messages; --")]
    [InlineData("%_\\")]
    [InlineData("- -- ---")]
    [InlineData("\u0000\u0001")]
    [InlineData("from: in: has: before:")]
    [InlineData("before:yesterday")]
    [InlineData("near in:\u0000 from:\u0000")]
    [InlineData("near in:\"a\u0000\ud83d")]
    [InlineData("\uE0021 \uE000ㄱ")]
    [InlineData("\ud83d")]
    public async Task No_query_is_anything_but_words(string query)
    {
        var (ann, _, room) = await MeetAsync();
        await ann.SayAsync(room, "a b c x near drop table messages or 1 and");
        await Server.IndexedAsync();
        using var response = await ann.TrySearchAsync(query);
        ((int)response.StatusCode).ShouldBeOneOf(200, 400);
        (await ann.TextsAsync("near drop")).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Where_a_page_ends_tells_nothing_of_messages_of_others()
    {
        var (ann, ben, room) = await MeetAsync();
        for (var i = 0; i < 45; i++) await ben.MakeRoomAsync();
        await ben.SayAsync(room, "layoffs");
        await ann.SayAsync(await ann.MakeRoomAsync(), "layoffs");
        await ben.SayAsync(room, "layoffs, he says");
        await ann.SayAsync(room, "layoffs, she says");
        await Server.IndexedAsync();
        foreach (var sort in (string[])["newest", "best"])
        {
            var first = $"&limit=1&sort={sort}";
            var page = await ben.TrySearchAsync("layoffs", first).Read<SearchPage>();
            var next = Base64Url.DecodeFromChars(page.Next);
            var again = Base64Url.DecodeFromChars((await ben.TrySearchAsync("layoffs", first).Read<SearchPage>()).Next);
            next.Length.ShouldBe(again.Length);
            next.Zip(again).Count(x => x.First == x.Second).ShouldBeLessThan(next.Length / 2, "the same place looks otherwise each time");

            (await ben.TrySearchAsync("layoffs", $"{first}&before={page.Next}").Read<SearchPage>()).Items.Count.ShouldBe(1);
            // With other words, or for another reader, it would tell what is older than the message that it stands for.
            foreach (var (who, query, more) in ((Person, string, string)[])
                [(ann, "layoffs", ""), (ben, "layoffs says", ""), (ben, "layoffs", $"&roomId={room.Id}")])
            {
                (await who.TrySearchAsync(query, $"{first}{more}&before={page.Next}").ShouldRefuseFields()).ShouldBe(["before"]);
            }

            next[^1] ^= 1;
            var changed = Base64Url.EncodeToString(next);
            (await ben.TrySearchAsync("layoffs", $"{first}&before={changed}").ShouldRefuseFields()).ShouldBe(["before"]);
        }
    }

    [Fact]
    public async Task The_best_first_are_those_that_say_little_else_and_lately()
    {
        var (ann, ben, room) = await MeetAsync();
        string[] texts =
        [
            "beacon",
            "the beacon is one of very many things that are said in here by somebody with a lot of time for long sentences",
            "beacon at noon", "nothing", "beacon of hope", "beacon",
        ];
        foreach (var text in texts) await ann.SayAsync(room, text);
        await Server.IndexedAsync();
        (await ben.TextsAsync("beacon", "&sort=best")).ShouldBe([texts[5], texts[0], texts[4], texts[2], texts[1]]);
        (await ben.TextsAsync("beacon", "&sort=newest")).ShouldBe([texts[5], texts[4], texts[2], texts[1], texts[0]]);

        List<string> paged = [];
        for (var next = ""; ;)
        {
            var page = await ben.TrySearchAsync("beacon", $"&sort=best&limit=2{next}").Read<SearchPage>();
            paged.AddRange(page.Items.Select(message => message.Text));
            if (page.Next is null) break;
            next = $"&before={page.Next}";
        }

        paged.ShouldBe([texts[5], texts[0], texts[4], texts[2], texts[1]]);
        var newest = (await ben.TrySearchAsync("beacon", "&limit=1").Read<SearchPage>()).Next;
        (await ben.TrySearchAsync("beacon", $"&sort=best&before={newest}").ShouldRefuseFields()).ShouldBe(["before"]);
        var best = (await ben.TrySearchAsync("beacon", "&limit=1&sort=best").Read<SearchPage>()).Next;
        (await ben.TrySearchAsync("beacon", $"&before={best}").ShouldRefuseFields()).ShouldBe(["before"]);
        (await ben.TrySearchAsync("beacon", "&sort=worst").ShouldRefuseFields()).ShouldBe(["sort"]);
    }

    [Fact]
    public async Task Queries_have_bounds_and_a_bad_one_says_so()
    {
        var ann = await Server.SignUpAsync();
        var many = string.Join(' ', Enumerable.Range(0, 40).Select(i => $"w{i}"));
        foreach (var query in (string[])["", " ", "...", new string('x', 7000), many, "has:x"])
            (await ann.TrySearchAsync(query).ShouldRefuseFields()).ShouldBe(["q"]);
        (await ann.TrySearchAsync(new string('x', 10_000)).ShouldBe(414)).ShouldBeEmpty();      // the web server takes no such line
        var bad = await ann.TrySearchAsync("x", "&roomId=y&before=!&limit=0").ShouldRefuseFields();
        bad.ShouldBe(["roomId", "before", "limit"], ignoreOrder: true);
        (await ann.TextsAsync("nothing", "&roomId=999999")).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_index_that_is_lost_is_made_anew()
    {
        await using var server = await MaruServer.StartAsync(Searching.On);
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        // Cut within a pair, were it cut blindly.
        await ann.SayAsync(room, $"beacon a{string.Concat(Enumerable.Repeat("\U00010428", 40))}");
        await server.IndexedAsync();
        await server.RestartAsync(async () =>
        {
            foreach (var file in Directory.EnumerateFiles(server.Folder, "*-search.db*")) File.Delete(file);
            await Task.CompletedTask;
        });
        var again = await server.SignInAsync(ann.Handle);
        await server.IndexedAsync();
        (await again.TextsAsync("beacon")).Length.ShouldBe(1);
    }

    [Fact]
    public async Task All_that_a_plain_scan_finds_is_found()
    {
        var (ann, ben, room) = await MeetAsync();
        var random = new Random(20261129);
        string[] words =
        [
            "harbour", "tide", "Straße", "café", "한국어", "검색은", "도시락", "바다에서", "東京", "大学生", "検索する", "タワー",
            "北京", "图书馆", "学习中文", "👍", "🚀", "2026", "v2",
        ];
        string[] joints = [" ", "", ", ", "。", "·", "\n"];
        List<string> texts = [];
        for (var i = 0; i < 300; i++)
        {
            var text = words[random.Next(words.Length)];
            for (var more = random.Next(1, 8); more > 0; more--)
                text += joints[random.Next(joints.Length)] + words[random.Next(words.Length)];
            texts.Add($"{text} {i}");
        }

        foreach (var text in texts) await ann.SayAsync(room, text);
        await Server.IndexedAsync();
        HashSet<string> queries = [];
        while (queries.Count < 120)
        {
            var text = texts[random.Next(texts.Count)];
            var (from, length) = (random.Next(text.Length), random.Next(2, 7));
            if (from + length <= text.Length && text.AsSpan(from, length) is var part && IsCjk(part)) queries.Add(part.ToString());
        }

        foreach (var query in queries)
            (await ben.TextsAsync(query)).ShouldBe(texts.Where(text => text.Contains(query, StringComparison.Ordinal)).Reverse(), query);
        foreach (var word in (string[])["harbour", "tide", "2026", "v2", "👍"])
        {
            const string Letter = @"[\p{L}\p{N}-[\p{IsHangulSyllables}\p{IsCJKUnifiedIdeographs}\p{IsKatakana}\p{IsHiragana}]]";
            var pattern = word == "👍" ? word : $"(?<!{Letter}){word}(?!{Letter})";
            (await ben.TextsAsync(word)).ShouldBe(texts.Where(text => Regex.IsMatch(text, pattern)).Reverse(), word);
        }

        static bool IsCjk(ReadOnlySpan<char> text)
        {
            foreach (var c in text)
            {
                var isCjk = c is (>= '\u3041' and <= '\u30FF') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uAC00' and <= '\uD7A3');
                if (!isCjk) return false;
            }

            return true;
        }
    }

    private async Task<(Person Ann, Person Ben, Room Room)> MeetAsync()
    {
        var (ann, ben) = (await Server.SignUpAsync("ann"), await Server.SignUpAsync("ben"));
        return (ann, ben, await ann.MakeRoomAsync(members: ben.Id));
    }

    /// <summary>A server that searches.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        public MaruServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await MaruServer.StartAsync(Searching.On);

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
