using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Features.ReadState;
using Maru.Server.Features.Rooms;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Features.ReadState;

/// <summary>How far members have read, as a room's subscribers hear it.</summary>
public sealed class ReadEventTests(MaruServer server) : IClassFixture<MaruServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Members_hear_over_STOMP_and_SSE_how_far_somebody_has_read_whatever_way_they_say_so()
    {
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomAsync(members: ben.Id);
        var (first, second) = (await ann.SayAsync(room), await ann.SayAsync(room));
        await using var hers = await ann.ListenAsync();
        await hers.SubscribeAsync(room.Id);
        using var stream = await EventStream.OpenAsync(server, $"/api/rooms/{room.Id}/events", ann.AccessToken);
        await using var his = await ben.ListenAsync();
        var last = await ann.SayAsync(room);
        (await stream.NextAsync()).Id.ShouldBe(last.Seq);     // the stream has begun

        await ben.ReadAsync(room, first.Seq);
        await HeardAsync(first.Seq);
        await his.SendAsync("SEND", $$"""{"seq":{{second.Seq}}}""", ("destination", $"/app/rooms/{room.Id}/read"));
        await HeardAsync(second.Seq);
        await ben.ReadAsync(room, first.Seq);       // never backwards: nobody hears of it
        await ben.UnreadAsync(room, first.Seq);
        await HeardAsync(first.Seq);
        await ben.Http.SendAsync("PUT /api/me/read").ShouldBe(204);
        await HeardAsync(last.Seq);

        async Task HeardAsync(long seq)
        {
            (await hers.ReadAsync(room)).ShouldBe((ben.Id, seq));
            var (id, type, json) = await stream.NextAsync();
            (id, type, Text(json)).ShouldBe((0, "read", (ben.Id, seq)));
        }
    }

    [Fact]
    public async Task Thousands_of_readers_are_some_events_a_second()
    {
        const int Readers = 2000;
        var ann = await server.SignUpAsync("ann");
        var room = await ann.MakeRoomAsync();
        var readers = await AddReadersAsync(room, Readers);
        var said = await ann.SayAsync(room);
        await using var hers = await ann.ListenAsync();
        await hers.SubscribeAsync(room.Id);
        var positions = server.Service<ReadPositions>();
        var moved = await Task.WhenAll(
            readers.Select(reader => positions.MoveAsync(new RoomId(room.Id), new UserId(reader), new ReadMark(said.Seq, IsBack: false))));
        moved.ShouldAllBe(problem => problem == null);

        // Who reads once it is quieter is told of.
        await Deadline.Until(
            async () =>
            {
                await ann.UnreadAsync(room, 0);
                await ann.ReadAsync(room, said.Seq);
                return Reads().Any(x => x.GetProperty("userId").GetInt64() == ann.Id);
            },
            "the last reader");
        Reads().Count.ShouldBeInRange(50, Readers / 2);
        Reads().Any(x => x.TryGetProperty("more", out var more) && more.GetBoolean()).ShouldBeTrue();
        await server.ShouldBalanceAsync(room);

        List<JsonElement> Reads() => [.. hers.Inbox().Where(x => x.Command == "MESSAGE" && x.Type == "read").Select(x => x.Json)];
    }

    /// <summary>Adds members to a room as the store has them.</summary>
    private async Task<long[]> AddReadersAsync(Room room, int count)
    {
        var database = server.Service<Database>();
        var readers = new long[count];
        await database.WriteAsync(
            async (transaction, ct) =>
            {
                for (var i = 0; i < count; i++)
                {
                    readers[i] = 1_000_000 + i;
                    await transaction.ExecuteAsync(
                        "INSERT INTO users (id, handle, name, name_key, created_at) VALUES (@id, @handle, @handle, @handle, 0)",
                        new { id = readers[i], handle = $"reader-{room.Id}-{i}" },
                        ct);
                    await transaction.ExecuteAsync(
                        "INSERT INTO members (room_id, user_id, role, joined_at) VALUES (@room, @user, 'member', 0)",
                        new { room = room.Id, user = readers[i] },
                        ct);
                }

                return await transaction.ExecuteAsync(
                    "UPDATE rooms SET member_count = member_count + @count WHERE id = @room", new { room = room.Id, count }, ct);
            },
            Ct);
        return readers;
    }

    private static (long User, long Seq) Text(JsonElement json) =>
        (json.GetProperty("userId").GetInt64(), json.GetProperty("seq").GetInt64());
}
