using Dapper;
using Maru.Server.Features.Search;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Search;

/// <summary><c>maru reindex</c>, beside a server that works.</summary>
public sealed class RebuildTests
{
    [Fact]
    public async Task An_index_with_faults_is_made_right_in_its_place()
    {
        await using var server = await MaruServer.StartAsync(Searching.On);
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        for (var i = 0; i < 20; i++) await ann.SayAsync(room, $"beacon {i} 등대");
        await ann.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/5").ShouldBe(204);
        await server.IndexedAsync();
        var right = await IndexDump.ReadAsync(server.Store);
        right.Count.ShouldBe(19);

        await using (var index = await IndexDump.OpenAsync(server.Store))
        {
            await index.ExecuteAsync(TestStore.IsPostgres
                ? """
                  DELETE FROM search_messages WHERE seq = 3;
                  UPDATE search_messages SET tokens = '{other}' WHERE seq = 4;
                  INSERT INTO search_messages VALUES (7, (SELECT max(room_id) FROM search_messages), 5, 1, '{ghost}');
                  """
                : """
                  DELETE FROM tokens WHERE rowid = (SELECT id FROM messages WHERE seq = 3);
                  DELETE FROM messages WHERE seq = 3;
                  DELETE FROM tokens WHERE rowid = (SELECT id FROM messages WHERE seq = 4);
                  INSERT INTO tokens (rowid, t) SELECT id, 'other' FROM messages WHERE seq = 4;
                  INSERT INTO messages VALUES (7, (SELECT max(room_id) FROM messages), 5, 1);
                  INSERT INTO tokens (rowid, t) VALUES (7, 'ghost');
                  """);
        }

        (await IndexDump.ReadAsync(server.Store)).ShouldNotBe(right);
        (await ann.TextsAsync("beacon")).Length.ShouldBe(17);

        var (code, lines) = await MaruProcess.RunAsync(
            "reindex", $"--Maru:Database={server.Store}", $"--Maru:Data={server.Folder}", MaruServer.ConnectTimeout);
        code.ShouldBe(0, string.Join('\n', lines));
        string.Join('\n', lines).ShouldContain("The index of search is made anew: ");
        (await IndexDump.ReadAsync(server.Store)).ShouldBe(right);
        (await ann.TextsAsync("등대")).Length.ShouldBe(19);
    }

    [Fact]
    public async Task What_is_said_while_it_is_made_anew_is_found_as_always()
    {
        await using var server = await MaruServer.StartAsync(Searching.On, "--Maru:Search:MessagesPerSecond=1000");
        var ann = await server.SignUpAsync();
        var (old, now) = (await ann.MakeRoomAsync(), await ann.MakeRoomAsync());
        await using (var talker = await StompSocket.ConnectAsync(server.Address, ann.AccessToken))
        {
            for (var i = 0; i < 2000; i++) await talker.SayAsync(old.Id, "beacon");
            await talker.SayAndWaitAsync(old.Id, "last");
        }

        await server.IndexedAsync();
        await server.Service<SearchState>().WantAsync(TestContext.Current.CancellationToken);
        var said = 0;
        do
        {
            var text = $"fresh {++said}";
            var seq = (await ann.SayAsync(now, text)).Seq;
            await Deadline.Until(async () => (await ann.TextsAsync(text)).Contains(text), "the message to be found");
            await ann.Http.SendAsync($"PATCH /api/rooms/{now.Id}/messages/{seq}", new { text = $"stale {said}" }).ShouldBe(200);
        }
        while (!(await server.Service<SearchState>().ReadAsync(TestContext.Current.CancellationToken)).IsBuilt);

        said.ShouldBeGreaterThan(3, "two seconds of work");
        await server.IndexedAsync();
        (await ann.TextsAsync("fresh")).ShouldBeEmpty();
        (await ann.TextsAsync("stale")).Length.ShouldBe(Math.Min(said, 200));
        var (done, all) = await new SearchCount(server.Service<SearchState>()).ReadAsync(TestContext.Current.CancellationToken);
        done.ShouldBe(all);
    }

    [Fact]
    public async Task How_far_it_is_costs_the_rooms_that_were_done_since_it_was_last_asked()
    {
        var ct = TestContext.Current.CancellationToken;
        var spied = new SpiedDatabase();
        await using var server = await MaruServer.StartAsync(null, spied.Use<SearchState>);      // nobody does the work
        var ann = await server.SignUpAsync();
        List<Room> rooms = [];
        for (var i = 1; i <= 3; i++)
        {
            rooms.Add(await ann.MakeRoomAsync());
            for (var said = 0; said < i; said++) await ann.SayAsync(rooms[^1], "beacon");
        }

        var state = server.Service<SearchState>();
        var (wanted, count) = (await state.WantAsync(ct), new SearchCount(state));
        await ReadAsync(0, sums: 1);
        await ReadAsync(0, sums: 0);
        await state.MoveAsync(wanted, rooms[1].Id, 1, ct);
        await ReadAsync(2, sums: 1);
        await state.MoveAsync(wanted, rooms[1].Id, 2, ct);
        await ReadAsync(3, sums: 0);
        await state.MoveAsync(await state.WantAsync(ct), rooms[2].Id, 0, ct);
        await ReadAsync(3, sums: 1);
        await state.WantAsync(ct);
        await ReadAsync(0, sums: 0);
        await state.MoveAsync(await state.WantAsync(ct), rooms[2].Id, 3, ct);
        await ReadAsync(6, sums: 1);

        async Task ReadAsync(long done, int sums)
        {
            spied.Reads.Clear();
            (await count.ReadAsync(ct)).ShouldBe((done, 6));
            spied.Reads.Count(read => read.Sql.Contains("sum(", StringComparison.Ordinal)).ShouldBe(sums);
        }
    }

    [Fact]
    public async Task Without_search_it_says_so()
    {
        await using var server = await MaruServer.StartAsync();
        var (code, lines) = await MaruProcess.RunAsync(
            "reindex", "--Maru:Search:Enabled=false", $"--Maru:Database={server.Store}", $"--Maru:Data={server.Folder}");
        code.ShouldBe(2);
        string.Concat(lines).ShouldContain("Maru:Search:Enabled is false");
    }
}
