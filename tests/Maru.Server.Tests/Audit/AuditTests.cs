using System.Diagnostics.Metrics;
using Maru.Server.Audit;
using Maru.Server.Commands;
using Maru.Server.Features.Files;
using Maru.Server.Features.ReadState;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Tokens;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Invitations;
using Maru.Server.Tests.Features.LinkPreviews;
using Maru.Server.Tests.Features.Messages;
using Maru.Server.Tests.Features.Polls;
using Maru.Server.Tests.Features.Reactions;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;
using Maru.Server.Tests.Features.Scheduled;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Audit;

/// <summary>
/// What the store keeps twice, made wrong behind the server's back, is found and mended; what a live server does is no drift.
/// </summary>
public sealed class AuditTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("members", "UPDATE rooms SET member_count = member_count + 3")]
    [InlineData("logs", "UPDATE room_heads SET messages = messages - 2")]
    [InlineData("logs", "UPDATE room_heads SET last_seq = last_seq + 1")]
    [InlineData("logs", "UPDATE messages SET number = number + 5 WHERE seq > 4")]
    [InlineData("logs", "UPDATE messages SET number = number + seq WHERE seq IN (3, 4, 7)")]
    [InlineData("unread", "UPDATE members SET read_number = read_number - 1 WHERE read_number > 0")]
    [InlineData("unread", "UPDATE members SET own = own + 2")]
    [InlineData("unread", "UPDATE members SET join_number = join_number + 1")]
    [InlineData("unread", "UPDATE read_positions SET members = members + 1")]
    [InlineData("unread", "DELETE FROM read_positions")]
    [InlineData("unread", "INSERT INTO read_positions (room_id, number, members) SELECT room_id, 77, 5 FROM room_heads")]
    [InlineData("reactions", "UPDATE messages SET reactions = '👍 7' WHERE reactions IS NOT NULL")]
    [InlineData("reactions", "UPDATE messages SET reactions = NULL")]
    [InlineData("reactions", "UPDATE messages SET reactions = '🎉 1' WHERE type = 0 AND deleted_at IS NULL")]
    [InlineData("invitations", "UPDATE invitations SET uses = uses + 3")]
    [InlineData("invitations", "UPDATE invitations SET uses = 0")]
    [InlineData("polls", "UPDATE messages SET poll = replace(poll, '\"votes\":2', '\"votes\":7')")]
    [InlineData("polls", "UPDATE messages SET poll = replace(poll, '\"voters\":3', '\"voters\":1')")]
    [InlineData("polls", "UPDATE messages SET poll = replace(poll, '\"votes\":0', '\"votes\":-1')")]
    [InlineData("files", "DELETE FROM message_files")]
    [InlineData("files", "UPDATE message_files SET file_id = (SELECT max(f.id) FROM files f)")]
    [InlineData("previews", "DELETE FROM message_previews")]
    [InlineData("previews", "UPDATE message_previews SET seq = seq + 1")]
    [InlineData("replies", "UPDATE messages SET replies = replies + 2 WHERE replies IS NOT NULL")]
    [InlineData("replies", "UPDATE messages SET replies = 0")]
    [InlineData("replies", "UPDATE messages SET replies = NULL")]
    [InlineData("replies", "UPDATE messages SET replies = -1 WHERE seq = 3")]
    [InlineData("mentions", "DELETE FROM mentions WHERE user_id > 0")]
    [InlineData("mentions", "UPDATE mentions SET user_id = user_id + 100 WHERE user_id > 0")]
    [InlineData("mentions", "UPDATE mentions SET user_id = 77 WHERE user_id = 0")]
    [InlineData("blocks", "UPDATE mention_blocks SET mentions = mentions + 1")]
    [InlineData("blocks", "DELETE FROM mention_blocks WHERE user_id = 0")]
    [InlineData("blocks", "INSERT INTO mention_blocks (room_id, user_id, block, mentions) SELECT room_id, 77, 5, 1 FROM room_heads")]
    [InlineData("blocks", "UPDATE deleted_blocks SET messages = messages + 2")]
    [InlineData("blocks", "DELETE FROM deleted_blocks")]
    public async Task Drift_of_each_kind_is_found_mended_and_then_gone(string check, string sql)
    {
        await using var server = await MaruServer.StartAsync();
        await TalkAsync(server);
        (await AuditAsync(server)).Sum(x => x.Drift).ShouldBe(0);
        var before = await StateAsync(server);
        await server.Service<Database>().WriteAsync((transaction, ct) => transaction.ExecuteAsync(sql, null, ct), Ct);

        var found = await AuditAsync(server);
        found.Single(x => x.Name == check).Drift.ShouldBeGreaterThan(0);
        found.Single(x => x.Name == check).First.ShouldAllBe(text => text.StartsWith("room "));
        found.Sum(x => x.Left).ShouldBe(found.Sum(x => x.Drift), "nothing was to be mended");
        List<Drift> changed = [];
        (await AuditAsync(server, changed)).Sum(x => x.Left).ShouldBe(0);
        changed.ShouldNotBeEmpty();
        (await AuditAsync(server)).Sum(x => x.Drift).ShouldBe(0);
        (await StateAsync(server)).ShouldBe(before);
    }

    [Fact]
    public async Task The_files_of_a_message_that_was_deleted_since_the_look_do_not_come_back()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync("ann");
        var room = await ann.MakeRoomAsync();
        var sent = await ann.SendAsync(room, "look", await ann.UploadAsync());
        await TestStore.ExecuteAsync(server.Store, "DELETE FROM message_files");
        var database = server.Service<Database>();
        var span = new RoomSpan(room.Id, room.Id);
        var look = await database.ReadAsync((snapshot, inner) => new FileCheck().LookAsync(snapshot, span, inner), Ct);
        var drift = look.Drift.ShouldHaveSingleItem();
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{sent.Seq}").ShouldBe(204);
        var mended = await database.WriteAsync(
            (transaction, inner) => transaction.ExecuteAsync(drift.Mend!, drift.Arguments, inner), Ct);
        mended.ShouldBe(0);
    }

    [Theory]
    [InlineData("DELETE FROM scheduled_files", "", "1 2")]
    [InlineData("DELETE FROM scheduled_files WHERE file_id = 2", "1", "1 2")]
    [InlineData("UPDATE scheduled_files SET file_id = 3 WHERE file_id = 1", "2 3", "1 2")]
    [InlineData("UPDATE scheduled SET files = NULL", "1 2", "")]
    public async Task Files_of_a_scheduled_message_that_are_not_those_which_wait_are_told_and_not_mended(
        string sql, string rows, string right)
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var (first, second, _) = (await ann.UploadAsync(), await ann.UploadAsync(), await ann.UploadAsync());
        var at = TimeProvider.System.GetUtcNow().AddDays(1);
        await ann.ScheduleAsync(room, "nothing with it", at);
        var scheduled = await ann.ScheduleAsync(room, "look", at, files: [second, first]);
        var balanced = (await AuditAsync(server)).Single(x => x.Name == "scheduled");
        (balanced.Rows, balanced.Drift).ShouldBe((1, 0));
        await TestStore.ExecuteAsync(server.Store, sql);
        var found = (await AuditAsync(server, [])).Single(x => x.Name == "scheduled");
        found.First.ShouldBe([$"room {room.Id}, scheduled {scheduled.Id}: rows of files '{rows}', right is '{right}'"]);
        found.Left.ShouldBe(1);
    }

    [Fact]
    public async Task What_an_older_program_leaves_of_a_message_that_it_deletes_is_mended()
    {
        await using var server = await MaruServer.StartAsync();
        await TalkAsync(server);
        await server.Service<Database>().WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync(
                "UPDATE messages SET text = '', deleted_at = at, reactions = NULL WHERE mentions IS NOT NULL", null, ct),
            Ct);
        var found = await AuditAsync(server, []);
        found.Single(x => x.Name == "mentions").Drift.ShouldBe(2);
        found.Sum(x => x.Left).ShouldBe(0);
        (await AuditAsync(server)).Sum(x => x.Drift).ShouldBe(0);
        (await server.Service<Database>().FirstAsync<long>("SELECT count(*) FROM mentions", null, Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task Lost_entries_are_told_and_cannot_be_mended()
    {
        await using var server = await MaruServer.StartAsync();
        var room = await TalkAsync(server);
        await server.Service<Database>().WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync("DELETE FROM messages WHERE seq IN (5, 6)", null, ct), Ct);
        var logs = (await AuditAsync(server, [])).Single(x => x.Name == "logs");
        logs.Left.ShouldBe(1);
        logs.First.ShouldContain($"room {room.Id}: nothing at seq 5, up to 6");
    }

    [Fact]
    public async Task Many_rooms_are_looked_at_some_at_a_time_and_each_once()
    {
        await using var server = await MaruServer.StartAsync();
        var seeder = new Seeder(
            server.Service<Database>(), server.Service<Passwords>(), server.Service<AccessTokens>(), server.Service<JwtOptions>(),
            TimeProvider.System);
        await seeder.RunAsync(new SeedPlan(1203, 1203, 2000), (_, _) => { }, Ct);
        (await AuditAsync(server)).SelectMany(x => x.First).ShouldBeEmpty();
        await server.Service<Database>().WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync("UPDATE rooms SET member_count = member_count + 1", null, ct), Ct);
        var seen = new Dictionary<string, int>();
        var reports = await server.Service<StoreAudit>().RunAsync(mends: false, (report, rooms) => seen[report.Name] = rooms, _ => { }, Ct);
        seen.Values.ShouldAllBe(rooms => rooms == 1203);
        var members = reports.Single(x => x.Name == "members");
        members.Drift.ShouldBe(1203);
        members.First.Count.ShouldBe(10);
    }

    [Fact]
    public async Task What_people_do_while_it_looks_is_no_drift()
    {
        await using var server = await MaruServer.StartAsync();
        byte[] acts = [.. Enumerable.Range(0, 150).Select(i => (byte)(i * 37))];
        var acting = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RandomReading.RunAsync([server], (_, person) => person, acts)));
        List<Drift> changed = [];
        do (await AuditAsync(server, changed)).SelectMany(x => x.First).ShouldBeEmpty();
        while (!acting.IsCompleted);
        await acting;
        changed.ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_there_is_no_store_none_is_made()
    {
        using var folder = new Folder();
        var settings = await MaruProcess.StoreAsync(folder);
        for (var i = 0; i < 2; i++)
        {
            var (code, lines) = await MaruProcess.RunAsync(["audit", .. settings]);
            code.ShouldBe(2);
            string.Concat(lines).ShouldContain("no store");
        }

        Directory.EnumerateFiles(folder, "*.db*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_schema_of_an_older_version_is_left_as_it_is()
    {
        await using var server = await MaruServer.StartAsync();
        await TestStore.ExecuteAsync(server.Store, "DELETE FROM migrations WHERE number = (SELECT max(number) FROM migrations)");
        var (code, lines) = await MaruProcess.RunAsync(["audit", $"--Maru:Database={server.Store}"]);
        code.ShouldBe(2);
        string.Concat(lines).ShouldContain("has schema");
    }

    [Fact]
    public async Task The_command_tells_by_its_exit_code_and_servers_tell_what_it_found_last()
    {
        var time = new ManualTime();
        await using var server = await MaruServer.StartAsync(time, null);
        var ann = await server.SignUpAsync();
        await ann.SayAsync(await ann.MakeRoomAsync());
        Gauges().ShouldNotContainKey("maru.audit.drift");
        (await RunAsync()).ShouldBe(0);
        await TestStore.ExecuteAsync(server.Store, "UPDATE rooms SET member_count = member_count + 1");
        (await RunAsync()).ShouldBe(1);
        time.Advance(TimeSpan.FromMinutes(1));
        await Deadline.Until(() => Gauges().GetValueOrDefault("maru.audit.drift") == 1, "the gauge to follow");
        (await RunAsync("--mend")).ShouldBe(0);
        (await RunAsync()).ShouldBe(0);
        time.Advance(TimeSpan.FromMinutes(1));
        await Deadline.Until(() => Gauges().GetValueOrDefault("maru.audit.drift", -1) == 0, "the gauge to follow");
        Gauges().ShouldContainKey("maru.audit.age");
        (await RunAsync("--mand")).ShouldBe(2);

        Task<int> RunAsync(params string[] options) =>
            Program.Main(
        [
            "audit", .. options, $"--Maru:Database={server.Store}", $"--Maru:Data={server.Folder}",
            "--hostBuilder:reloadConfigOnChange=false",
        ]);
    }

    /// <param name="server">the server</param>
    /// <param name="changed">gets what was mended; null: nothing is to be</param>
    private static Task<IReadOnlyList<CheckReport>> AuditAsync(MaruServer server, List<Drift>? changed = null) =>
        server.Service<StoreAudit>().RunAsync(changed is not null, (_, _) => { }, x => changed?.Add(x), Ct);

    /// <summary>Three people talk in a room: each has read up to somewhere else; messages are deleted and reacted to.</summary>
    private static async Task<Room> TalkAsync(MaruServer server)
    {
        var (ann, bob, eve) = (await server.SignUpAsync(), await server.SignUpAsync("bob"), await server.SignUpAsync("eve"));
        var room = await ann.MakeRoomAsync(members: [bob.Id]);
        for (var i = 0; i < 4; i++)
        {
            await ann.SayAsync(room);
            await bob.SayAsync(room);
        }

        await eve.AcceptAsync(await ann.InviteAsync(room)).ShouldBe(200);
        var last = await bob.SayAsync(room);
        await ann.ReadAsync(room, last.Seq - 2);
        await bob.ReadAsync(room, 4);
        await bob.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/{last.Seq}").ShouldBe(204);
        await bob.ReactAsync(room, 5, "👍");
        await ann.ReactAsync(room, 5, "👍");
        await eve.ReactAsync(room, 5, "🎉");
        var poll = (await ann.PollAsync(room)).Seq;
        foreach (var person in (Person[])[ann, bob, eve]) await person.VoteAsync(room, poll, person == eve ? 3 : 1);
        await ann.SayAsync(room, $"@{bob.Handle} and @{eve.Handle}");
        await ann.SayAsync(room, "@all");
        var reply = (await bob.ReplyAsync(room, 5)).Seq;
        await ann.ReplyAsync(room, 5);
        await ann.ReplyAsync(room, reply);
        await ann.EraseAsync(room, (await ann.ReplyAsync(room, 5)).Seq);
        await server.ShowPictureAsync(room, reply);
        await ann.SendAsync(room, "look", await ann.UploadAsync(), await ann.UploadAsync());
        await server.Service<OwnCounts>().CountAllAsync(Ct);
        return room;
    }

    /// <summary>Returns all numbers that an audit may mend.</summary>
    private static async Task<string> StateAsync(MaruServer server)
    {
        var rows = await server.Service<Database>().ListAsync<string>(
            """
            SELECT 'room ' || r.id || ' ' || r.member_count || ' ' || h.last_seq || ' ' || h.messages
            FROM rooms r JOIN room_heads h ON h.room_id = r.id
            UNION ALL
            SELECT 'member ' || user_id || ' ' || join_number || ' ' || read_seq || ' ' || read_number || ' ' || own FROM members
            UNION ALL SELECT 'position ' || number || ' ' || members FROM read_positions
            UNION ALL SELECT 'deleted ' || block || ' ' || messages FROM deleted_blocks
            UNION ALL SELECT 'mentions ' || user_id || ' ' || block || ' ' || mentions FROM mention_blocks
            UNION ALL SELECT 'mention ' || seq || ' ' || user_id || ' ' || number FROM mentions
            UNION ALL SELECT 'file ' || seq || ' ' || position || ' ' || file_id || ' ' || kind FROM message_files
            UNION ALL SELECT 'picture ' || seq || ' ' || picture_id FROM message_previews
            UNION ALL SELECT 'invitation ' || number || ' ' || uses FROM invitations
            UNION ALL
            SELECT 'message ' || seq || ' ' || number || ' ' || coalesce(reactions, '-') || ' ' || coalesce(poll, '-') || ' '
              || coalesce(replies, 0)
            FROM messages
            """,
            null,
            Ct);
        return string.Join('\n', rows.Order());
    }

    private static Dictionary<string, long> Gauges()
    {
        var found = new Dictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name.StartsWith("maru.audit.")) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => found[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return found;
    }
}
