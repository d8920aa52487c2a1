using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Features.Members;
using Maru.Server.Features.ReadState;
using Maru.Server.RoomLog;
using Maru.Server.Storage;
using Maru.Server.Storage.Postgres;
using Maru.Server.Tests.Features.Rooms;
using Npgsql;
using static Maru.Server.Tests.Kit.StoredRooms;
using static Maru.Testing.LogRig;

namespace Maru.Server.Tests.RoomLog;

/// <summary>Transactions that wait for each other's rows.</summary>
[Trait("Store", "postgres")]
public sealed class DeadlockTests : IAsyncLifetime
{
    private const string LockMember = "SELECT m.user_id FROM members m WHERE m.room_id = @room AND m.user_id = @user FOR UPDATE OF m";

    private MaruServer? _server;

    private MaruServer Server => _server!;

    private Database Store => Server.Service<Database>();

    public async ValueTask InitializeAsync() =>
        _server = await MaruServer.StartAsync($"--Maru:Database={await (await PostgresServer.Shared).MakeDatabaseAsync()}");

    [Fact]
    public async Task A_batch_that_is_given_up_for_another_transaction_is_repeated()
    {
        var (room, members) = await ThreeAsync();
        var (said, removal, runs) = (Say(members[0], "hello"), default(RoomWrite), 0);
        removal = Remove(members[0], () => runs++, members[1].User);
        await using var other = await OtherAsync();
        await LockAsync(other, LockMember, room, members[1].User);
        var appending = new LogRig(Server.Service<IRoomLog>()).AppendAsync(said, removal);
        await WaitingAsync();
        // It has the room, and waits for its member.
        await LockAsync(other, "SELECT h.room_id FROM room_heads h WHERE h.room_id = @room FOR UPDATE OF h", room, default);
        await other.DisposeAsync();
        await appending.Within("the batch");
        (runs, said.Refusal, removal.Refusal).ShouldBe((2, null, null));
        (await new LogRig(Server.Service<IRoomLog>()).ReadAsync(room, said.Seq - 1)).ShouldBe(
            [$"{said.Seq} hello", $"{said.Seq + 1} member.left"]);
        await Server.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_write_that_is_given_up_for_other_transactions_is_repeated(int times)
    {
        var (room, members) = await ThreeAsync();
        var runs = 0;
        using var turns = new SemaphoreSlim(0);
        var writing = Store.WriteAsync(
            async (transaction, ct) =>
            {
                runs++;
                await turns.WaitAsync(ct);      // else it may overtake the other one, and be given up once more
                foreach (var member in (Right[])[members[2], members[1]])
                    await transaction.ExecuteAsync(LockMember, new { room, user = member.User.Value }, ct);
            },
            Ct);
        for (var i = 0; i < times; i++)
        {
            await using var other = await OtherAsync();
            await LockAsync(other, LockMember, room, members[1].User);
            turns.Release();
            await WaitingAsync();
            await LockAsync(other, LockMember, room, members[2].User);
        }

        turns.Release();
        await writing.Within("the write");
        runs.ShouldBe(times + 1);
    }

    /// <summary>Positions move in another order than that in which members leave.</summary>
    [Fact]
    public async Task Who_moves_positions_and_who_removes_members_lock_them_in_one_order()
    {
        var (room, members) = await ThreeAsync();
        var (moves, removals) = (0, 0);
        Task? removing = null;
        await Store.WriteAsync(
            async (transaction, ct) =>
            {
                moves++;
                await OwnCounts.LockAsync(transaction, [room], ct);
                await transaction.ExecuteAsync(LockMember, new { room, user = members[2].User.Value }, ct);
                removing ??= new LogRig(Server.Service<IRoomLog>()).AppendAsync(
                    Remove(members[0], () => removals++, members[1].User, members[2].User));
                await WaitingAsync();
                await transaction.ExecuteAsync(LockMember, new { room, user = members[1].User.Value }, ct);
            },
            Ct);
        await removing!.Within("the removals");
        (moves, removals).ShouldBe((1, 1));
        await Server.ShouldBeSoundAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    private static RoomWrite Remove(Right actor, Action running, params UserId[] users) => new(
        actor.RoomId,
        actor.User,
        transaction =>
        {
            running();
            foreach (var user in users) MemberRows.Remove(transaction, actor.User, user);
            return null;
        },
        new Awaiter());

    private static async Task LockAsync(NpgsqlConnection connection, string sql, long room, UserId user)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue("room", room);
        command.Parameters.AddWithValue("user", user.Value);
        await command.ExecuteNonQueryAsync(Ct);
    }

    private async Task<(long Room, Right[] Members)> ThreeAsync() =>
        await MakeRoomAsync(await Server.SignUpAsync(), await Server.SignUpAsync("ben"), await Server.SignUpAsync("cat"));

    /// <summary>Returns a connection with an open transaction, which is not the one that PostgreSQL gives up.</summary>
    private async Task<NpgsqlConnection> OtherAsync()
    {
        var connection = await ((PostgresDatabase)Store).OpenOwnAsync(Ct);
        await using var command = new NpgsqlCommand("SET deadlock_timeout = '1min'; BEGIN", connection);
        await command.ExecuteNonQueryAsync(Ct);
        return connection;
    }

    private Task WaitingAsync() => Deadline.Until(
        async () => await Store.FirstAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", null, Ct) > 0,
        "a transaction that waits for a row");
}
