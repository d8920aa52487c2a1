using Maru.Server.Features.ReadState;
using Maru.Server.Storage;
using Maru.Server.Storage.Sqlite;
using Maru.Server.Tests.Features.ReadState;
using Maru.Server.Tests.Features.Rooms;
using SQLitePCL;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Mentions;

/// <summary>What a mention costs the store: counted, not timed. On SQLite, which tells each statement that it runs.</summary>
[Trait("Store", "sqlite")]
public sealed class MentionCostTests : IAsyncDisposable
{
    private const int Listeners = 5;

    private readonly SpiedDatabase _spy = new();
    private readonly List<string> _writes = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mention_in_a_room_of_ten_thousand_costs_as_many_statements_as_in_one_of_ten()
    {
        await using var server = await MaruServer.StartAsync(null, services =>
        {
            _spy.Use<MentionNewsStore>(services);
            _spy.Use<ReadStateStore>(services);
        });
        await TraceAsync(server);
        var (small, large) = (await MeasureAsync(server, 10, 1), await MeasureAsync(server, 10_000, 2));
        large.ShouldBe(small);
        small.Plain.ShouldBe(small.Plain with { Reads = 0, Rows = 0 });
        (small.Named.Rows, small.All.Rows).ShouldBe((1, 1));
        small.All.ShouldBe(small.Named);
        small.All.Writes.ShouldBe(small.Plain.Writes + 2);
        small.All.Reads.ShouldBe(1);
    }

    public ValueTask DisposeAsync() => _spy.DisposeAsync();

    private async Task<(Cost Plain, Cost Named, Cost All)> MeasureAsync(MaruServer server, int members, int number)
    {
        var owner = await server.SignUpAsync("ann");
        var people = new Person[Listeners];
        for (var i = 0; i < Listeners; i++) people[i] = await server.SignUpAsync("ben");
        var room = await owner.MakeRoomAsync(members: [.. people.Select(x => x.Id)]);
        await FillAsync(server, room, number * 1_000_000L, members - Listeners - 1);
        var sockets = await Task.WhenAll(people.Select(person => person.ListenAsync()));
        var unread = 0;
        await CostAsync("first", 0);
        var plain = await CostAsync("hello", 0);
        var named = await CostAsync($"@{people[0].Handle}", 1);
        var all = await CostAsync("@all", Listeners);
        foreach (var socket in sockets) await socket.DisposeAsync();
        return (plain, named, all);

        async Task<Cost> CostAsync(string text, int mentioned)
        {
            var rows = await RowsAsync(server);
            lock (_writes) _writes.Clear();
            _spy.Reads.Clear();
            await owner.SayAsync(room, text);
            unread++;
            for (var i = 0; i < mentioned; i++) await sockets[i].EventAsync("mention");
            foreach (var socket in sockets) await socket.UnreadAsync(room, unread);
            int writes;
            lock (_writes) writes = _writes.Count;
            return new Cost(writes, _spy.Reads.Count, await RowsAsync(server) - rows);
        }
    }

    private static Task FillAsync(MaruServer server, Room room, long first, int members) => Task.Run(async () =>
    {
        var store = server.Service<Database>();
        var users = Enumerable.Range(0, members).Select(i => first + i).ToList();
        await store.InsertAsync("users", ["id", "handle", "name", "name_key", "created_at"],
            users.Select(id => (object?[])[id, $"many{id}", "Many", "many", 1L]), Ct);
        await store.InsertAsync("members", ["room_id", "user_id", "role", "joined_at"],
            users.Select(id => (object?[])[room.Id, id, "member", 1L]), Ct);
    });

    private static Task<long> RowsAsync(MaruServer server) =>
        server.Service<Database>().FirstAsync<long>("SELECT count(*) FROM mentions", null, Ct);

    /// <summary>Remembers what commits run.</summary>
    private async Task TraceAsync(MaruServer server)
    {
        using var lease = await ((SqliteDatabase)server.Service<Database>()).EnterWriterAsync(Ct);
        strdelegate_trace trace = (_, sql) =>
        {
            if (Thread.CurrentThread.Name?.StartsWith("maru commit", StringComparison.Ordinal) is not true) return;
            lock (_writes) _writes.Add(sql);
        };
        raw.sqlite3_trace(lease.Connection.Handle, trace, null);
    }

    private sealed record Cost(int Writes, int Reads, long Rows);
}
