using Maru.Server.Audit;
using Maru.Server.Commands;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Files;
using Maru.Server.Features.Messages;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Tokens;
using Maru.Server.Storage;

namespace Maru.Server.Tests.Commands;

public sealed class SeedTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maru-seed").FullName;

    [Fact]
    public async Task The_command_makes_what_the_contract_says_and_a_second_run_makes_more()
    {
        (await RunAsync("--users", "7", "--rooms", "3", "--messages", "20")).ShouldBe(0);
        (await RunAsync("--users", "2", "--rooms", "1", "--messages", "1")).ShouldBe(0);
        var tokens = File.ReadAllLines(Path.Combine(_folder, "tokens"));
        var rooms = File.ReadAllLines(Path.Combine(_folder, "rooms"));
        tokens.Length.ShouldBe(2);
        rooms.Length.ShouldBe(1);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Path.Combine(_folder, "tokens")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await using var server = await MaruServer.StartAsync($"--Maru:Database=Data Source={_folder}/maru.db", $"--Maru:Data={_folder}");
        var me = await server.Person(new SignedIn(new User(0, "", "", null), tokens[1], "", 0)).Http.SendAsync("GET /api/me")
            .Read<Profile>();
        await server.SignInAsync(me.Handle, Seeder.Password);
        (await server.Service<Database>().FirstAsync<long>("SELECT count(*) FROM users", null, TestContext.Current.CancellationToken))
            .ShouldBe(9);
    }

    [Theory]
    [InlineData(1, 3, 2, 2)]
    [InlineData(2, 5, 5, 4)]
    [InlineData(9, 7, 7, 7)]
    public async Task Rooms_count_their_members_and_end_where_their_messages_end(int each, long first, long second, long third)
    {
        await using var server = await MaruServer.StartAsync();
        var seeder = new Seeder(
            server.Service<Database>(),
            server.Service<Passwords>(),
            server.Service<AccessTokens>(),
            server.Service<JwtOptions>(),
            TimeProvider.System);
        var made = await seeder.RunAsync(new SeedPlan(7, 3, 20, each), (_, _) => { }, TestContext.Current.CancellationToken);
        made.Tokens.Count.ShouldBe(7);
        var rooms = await server.Service<Database>().ListAsync<Row>(
            """
            SELECT r.id, r.member_count, h.last_seq,
              (SELECT count(*) FROM members m WHERE m.room_id = r.id) AS members,
              (SELECT count(*) FROM messages m WHERE m.room_id = r.id) AS messages,
              (SELECT count(*) FROM messages m JOIN members x ON x.room_id = m.room_id AND x.user_id = m.sender_id
               WHERE m.room_id = r.id AND m.seq <= h.last_seq) AS good
            FROM rooms r JOIN room_heads h ON h.room_id = r.id ORDER BY r.id
            """,
            null,
            TestContext.Current.CancellationToken);
        rooms.Select(row => row.Id).ShouldBe(made.Rooms);
        rooms.Select(row => row.Members).ShouldBe([first, second, third]);
        rooms.Select(row => row.MemberCount).ShouldBe([first, second, third]);
        rooms.Select(row => row.Messages).ShouldBe([7, 7, 6]);
        rooms.Select(row => row.LastSeq).ShouldBe([7, 7, 6]);
        rooms.Select(row => row.Good).ShouldBe([7, 7, 6]);
        var audit = await server.Service<StoreAudit>().RunAsync(
            mends: false, (_, _) => { }, _ => { }, TestContext.Current.CancellationToken);
        audit.SelectMany(x => x.First).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--user", "3")]
    [InlineData("--users", "-3")]
    [InlineData("--users", "many")]
    [InlineData("--users=0", "--messages=5", "--Maru:Database=Data Source={0}/maru.db", "--Maru:Data={0}")]
    [InlineData("--rooms=0", "--messages=5", "--Maru:Database=Data Source={0}/maru.db", "--Maru:Data={0}")]
    [InlineData("--Maru:Databas=x")]
    [InlineData("--Mara:Database=x")]
    [InlineData("more")]
    public async Task A_slip_of_the_keyboard_makes_nothing(params string[] options)
    {
        (await Program.Main(["seed", .. options.Select(option => option.Replace("{0}", _folder, StringComparison.Ordinal))]))
            .ShouldBe(2);
        Directory.GetFiles(_folder).ShouldBeEmpty();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Messages_of_given_words_have_the_first_the_most_often()
    {
        var words = Path.Combine(_folder, "words");
        await File.WriteAllLinesAsync(words, ["first", "둘째", "", "third"], TestContext.Current.CancellationToken);
        (await RunAsync("--users", "1", "--rooms", "1", "--messages", "300", "--words", words)).ShouldBe(0);
        await using var server = await MaruServer.StartAsync($"--Maru:Database=Data Source={_folder}/maru.db", $"--Maru:Data={_folder}");
        var texts = await server.Service<Database>().ListAsync<string>(
            "SELECT text FROM messages", null, TestContext.Current.CancellationToken);
        var counts = texts.SelectMany(text => text.Split(' ')).CountBy(word => word).ToDictionary();
        counts.Keys.ShouldBe(["first", "둘째", "third"], ignoreOrder: true);
        (counts["first"] > counts["둘째"] && counts["둘째"] > counts["third"]).ShouldBeTrue();
        (await RunAsync("--words", Path.Combine(_folder, "none"))).ShouldBe(2);
    }

    [Fact]
    public async Task Messages_have_files_that_are_there()
    {
        (await RunAsync("--users", "4", "--rooms", "2", "--messages", "30", "--files", "7")).ShouldBe(0);
        (await RunAsync("--files", "1")).ShouldBe(2);
        await using var server = await MaruServer.StartAsync($"--Maru:Database=Data Source={_folder}/maru.db", $"--Maru:Data={_folder}");
        var member = server.Person(new SignedIn(new User(0, "", "", null), File.ReadAllLines(Path.Combine(_folder, "tokens"))[0], "", 0));
        var room = File.ReadAllLines(Path.Combine(_folder, "rooms"))[0];
        var messages = await member.Http.SendAsync($"GET /api/rooms/{room}/messages?limit=200").Read<MessagePage>();
        var files = await member.Http.SendAsync($"GET /api/rooms/{room}/files?kind=document").Read<RoomFilePage>();
        var sent = messages.Items.SelectMany(x => x.Files).ToList();
        sent.Count.ShouldBeInRange(3, 4);
        files.Items.Select(x => x.Id).ShouldBe(sent.Select(x => x.Id).Reverse());
        foreach (var message in messages.Items.Where(x => x.Files.Count > 0))
        {
            var content = await member.Http.GetStringAsync(message.Files[0].Url, TestContext.Current.CancellationToken);
            content.Length.ShouldBe((message.Text.Length + 1) * 20);
            content.ShouldStartWith($"{message.Text}\n");
        }

        (await Program.Main(["audit", "--contents", $"--Maru:Database=Data Source={_folder}/maru.db", $"--Maru:Data={_folder}"]))
            .ShouldBe(0);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 30)]
    [InlineData(30, 30)]
    [InlineData(999, 1000)]
    public void Files_are_spread_over_the_messages(int files, long messages)
    {
        var plan = new SeedPlan(1, 1, messages, 1, files);
        var found = Enumerable.Range(0, (int)messages).Select(i => plan.FileOf(i)).OfType<int>().ToList();
        found.ShouldBe(Enumerable.Range(0, files));
        found.ShouldAllBe(file => plan.FileOf(plan.MessageWith(file)) == file);
    }

    private Task<int> RunAsync(params string[] options) => Program.Main(
    [
        "seed", .. options, "--tokens", Path.Combine(_folder, "tokens"), "--rooms-file", Path.Combine(_folder, "rooms"),
        $"--Maru:Database=Data Source={_folder}/maru.db", $"--Maru:Data={_folder}",
        "--Maru:Passwords:Iterations=1000", "--hostBuilder:reloadConfigOnChange=false",
    ]);

    private sealed record Row(long Id, long MemberCount, long LastSeq, long Members, long Messages, long Good);
}
