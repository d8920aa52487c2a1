using System.Data.Common;
using Maru.Server.Cluster;
using Maru.Server.Configuration;
using Maru.Server.Storage;
using Maru.Server.Storage.Postgres;
using Maru.Server.Storage.Sqlite;
using Maru.Server.Tests.Features.Rooms;
using Microsoft.Extensions.DependencyInjection;

namespace Maru.Server.Tests.Storage;

/// <summary>The upgrade that numbers the messages: stored messages get their numbers, and no program writes without them.</summary>
public sealed class NumbersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_stored_before_is_numbered_as_if_it_were_sent_now()
    {
        await using var server = await MaruServer.StartAsync(null, Claim);
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var rooms = new[] { await ann.MakeRoomAsync("one"), await ann.MakeRoomAsync("two"), await ann.MakeRoomAsync("empty") };
        foreach (var room in rooms[..2])
        {
            await ben.JoinAsync(room);
            for (var i = 0; i < 5; i++) await ben.SayAsync(room, $"message {i}");
            await ben.Http.SendAsync($"PATCH /api/rooms/{room.Id}/messages/3", new { text = "edited" }).ShouldBe(200);
            await ben.Http.SendAsync($"DELETE /api/rooms/{room.Id}/messages/4").ShouldBe(204);
            await ben.Http.SendAsync($"POST /api/rooms/{room.Id}/leave").ShouldBe(204);
            await ann.SayAsync(room, "alone");
        }

        var (messages, heads) = (await MessagesAsync(server), await HeadsAsync(server));
        messages.Select(x => x.Number).Max().ShouldBe(6);
        await ForgetNumbersAsync(server);
        await server.RestartAsync();
        (await MessagesAsync(server)).ShouldBe(messages);
        (await HeadsAsync(server)).ShouldBe(heads);
        await (await server.SignInAsync(ann.Handle)).SayAsync(rooms[0], "and on");
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_program_that_gives_no_numbers_cannot_write_messages()
    {
        await using var server = await MaruServer.StartAsync();
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        const string Insert = "INSERT INTO messages (room_id, seq, type, sender_id, at, text) VALUES (@room, 1, 0, @ann, 0, 'x')";
        await Should.ThrowAsync<DbException>(ExecuteAsync(server, Insert, new { room = room.Id, ann = ann.Id }));
        await ann.SayAsync(room);
        await server.ShouldBeSoundAsync();
    }

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Nothing_is_changed_beneath_a_node_of_an_older_version()
    {
        await using var cluster = await ClusterRig.StartAsync(nodes: 1, redis: 0);
        var older = cluster[0];
        await ForgetNumbersAsync(older);
        await ExecuteAsync(older, "UPDATE nodes SET schema_known = 0");
        var refusal = (await Should.ThrowAsync<StartException>(cluster.AddNodeAsync())).Message;
        refusal.ShouldContain(older.Service<ThisNode>().Name);
        refusal.ShouldNotContain("\n");
        (await Should.ThrowAsync<DbException>(MessagesAsync(older))).Message.ShouldContain("number");

        // It ends, as the message says, and the newer one starts.
        await ExecuteAsync(older, "UPDATE nodes SET lease_until = 0");
        var newer = await cluster.AddNodeAsync();
        (await MessagesAsync(newer)).ShouldBeEmpty();
    }

    /// <summary>A program that is no server, such as <c>maru seed</c>, has not claimed the store.</summary>
    [Fact]
    [Trait("Store", "sqlite")]
    public async Task Only_a_server_changes_an_embedded_store_of_an_older_version()
    {
        using var folder = new Folder();
        var database = $"--Maru:Database=Data Source={folder.Path}/maru.db";
        var older = await StartAsync();
        await ForgetNumbersAsync(older);
        (await Should.ThrowAsync<StartException>(StartAsync())).Message.ShouldContain("Another server uses");
        await older.DisposeAsync();
        (await Should.ThrowAsync<StartException>(MaruServer.StartAsync(database))).Message.ShouldContain("End that server");
        await using var newer = await StartAsync();
        (await MessagesAsync(newer)).ShouldBeEmpty();

        Task<MaruServer> StartAsync() => MaruServer.StartAsync(null, Claim, database);
    }

    /// <summary>As the program does it, and a server in a test does not.</summary>
    private static void Claim(IServiceCollection services)
    {
        if (!TestStore.IsPostgres) services.AddSingleton<StoreClaim>();
    }

    /// <summary>The schema is the one before numbers.</summary>
    private static async Task ForgetNumbersAsync(MaruServer server)
    {
        await server.RewindAsync(19);
        await ExecuteAsync(server, "DROP TABLE last_audit");
        await ForgetPresenceAsync(server);
        await ForgetReadStateAsync(server);
        await ExecuteAsync(server, "ALTER TABLE messages DROP COLUMN number");
        await ExecuteAsync(server, "ALTER TABLE room_heads DROP COLUMN messages");
        await ExecuteAsync(server, "DROP TABLE notices");
        await ExecuteAsync(server, "DROP TABLE name_changes");
        await ExecuteAsync(server, "DROP TABLE follower_positions");
        await ExecuteAsync(server, "DROP TABLE followers");
        await ExecuteAsync(server, "ALTER TABLE sessions DROP COLUMN mark");
        await ForgetListsAsync(server);
        await ExecuteAsync(server, "DROP TABLE reactions");
        await ExecuteAsync(server, "DROP TABLE mentions");
        await ExecuteAsync(server, "ALTER TABLE messages DROP COLUMN mentions");
        await ExecuteAsync(server, "ALTER TABLE messages DROP COLUMN reactions");
        await ExecuteAsync(server, "ALTER TABLE changes DROP COLUMN detail");
        await ExecuteAsync(server, "DELETE FROM migrations WHERE number >= 7");
    }

    private static async Task ForgetPresenceAsync(MaruServer server)
    {
        foreach (var table in (string[])["present", "last_seen"]) await ExecuteAsync(server, $"DROP TABLE {table}");
        await ExecuteAsync(server, "ALTER TABLE users DROP COLUMN hides_presence");
    }

    private static async Task ForgetReadStateAsync(MaruServer server)
    {
        string[] triggers = server.Service<Database>() is PostgresDatabase
            ? ["FUNCTION place_member() CASCADE", "FUNCTION count_positions() CASCADE"]
            : ["TRIGGER members_come", "TRIGGER members_read", "TRIGGER members_go"];
        string[] rest = ["TABLE own_counts", "TABLE read_positions", "INDEX members_by_position", "INDEX messages_deleted"];
        foreach (var thing in triggers.Concat(rest)) await ExecuteAsync(server, $"DROP {thing}");
        foreach (var column in (string[])["join_seq", "join_number", "read_seq", "read_number", "read_at", "own"])
            await ExecuteAsync(server, $"ALTER TABLE members DROP COLUMN {column}");
    }

    private static async Task ForgetListsAsync(MaruServer server)
    {
        string[] triggers = server.Service<Database>() is PostgresDatabase
            ? ["FUNCTION keep_user_parts() CASCADE", "FUNCTION keep_room_parts() CASCADE"]
            :
            [
                "TRIGGER user_parts_made", "TRIGGER user_parts_changed", "TRIGGER user_parts_gone",
                "TRIGGER room_parts_made", "TRIGGER room_parts_changed",
            ];
        string[] rest =
        [
            "TABLE leavers", "TABLE user_parts", "TABLE room_parts", "TABLE positions",
            "INDEX rooms_listed_by_activity", "INDEX rooms_listed_by_age", "INDEX rooms_listed_by_members",
            "INDEX rooms_listed_by_name", "INDEX users_listed",
        ];
        foreach (var thing in triggers.Concat(rest)) await ExecuteAsync(server, $"DROP {thing}");
        await ExecuteAsync(server, "ALTER TABLE rooms DROP COLUMN active_at");
        await ExecuteAsync(
            server, "CREATE INDEX rooms_by_name ON rooms (name_key) WHERE visibility = 'public' AND deleted_at IS NULL");
        await ExecuteAsync(server, "CREATE INDEX users_by_name ON users (name_key)");
    }

    private static Task ExecuteAsync(MaruServer server, string sql, object? arguments = null) =>
        server.Service<Database>().WriteAsync((transaction, ct) => transaction.ExecuteAsync(sql, arguments, ct), Ct);

    private static Task<IReadOnlyList<Numbered>> MessagesAsync(MaruServer server) =>
        server.Service<Database>().ListAsync<Numbered>("SELECT room_id, seq, number FROM messages ORDER BY room_id, seq", null, Ct);

    private static Task<IReadOnlyList<Head>> HeadsAsync(MaruServer server) =>
        server.Service<Database>().ListAsync<Head>("SELECT room_id, last_seq, messages FROM room_heads ORDER BY room_id", null, Ct);

    private sealed record Numbered(long RoomId, long Seq, long Number);

    private sealed record Head(long RoomId, long LastSeq, long Messages);
}
