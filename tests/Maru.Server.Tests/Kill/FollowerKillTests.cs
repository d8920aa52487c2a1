using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Maru.Server.Tests.Kill;

/// <summary>A server whose follower is at work when it is killed, started again on what it left.</summary>
[Trait("Category", "Kill")]
public sealed partial class FollowerKillTests(ITestOutputHelper output)
{
    private const int Rooms = 4;

    private static readonly string Host = Path.Combine(AppContext.BaseDirectory, "Maru.FollowerHost");

    /// <summary>2 in CI; <c>MARU_KILLS=20</c> or more for the long run.</summary>
    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("MARU_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 2;

    [Fact]
    public async Task Every_entry_is_followed_in_order_and_after_a_kill_from_the_stored_position_on()
    {
        using var folder = new Folder();
        var (tokens, rooms) = await MaruProcess.SeedAsync(folder, users: Rooms, rooms: Rooms);
        var database = await TestStore.OfAsync(folder);
        var followed = rooms.ToDictionary(room => room, _ => 0L);     // without a gap, up to here
        var again = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            var (heads, stored) = await ReadAsync();
            await using var server = await MaruProcess.StartPublishedAsync(Host, folder);
            var talking = Task.WhenAll(rooms.Select((room, i) => TalkAsync(server.Address, tokens[i], room)));
            await PassedAsync(heads, by: 1);
            await Task.Delay(TimeSpan.FromMilliseconds(500) * Random.Shared.NextDouble());      // amid work, or between work and position
            await KillAsync(server);
            await talking;
            Check(server, stored);
        }

        var (last, rest) = await ReadAsync();
        await using (var server = await MaruProcess.StartPublishedAsync(Host, folder))
        {
            await PassedAsync(last, by: 0);
            await KillAsync(server);
            Check(server, rest);
        }

        followed.ShouldBe(last, ignoreOrder: true);
        output.WriteLine($"{Kills} kills: {last.Values.Sum()} entries were followed, {again} of them again");

        async Task<(Dictionary<long, long> Heads, Dictionary<long, long> Positions)> ReadAsync()
        {
            await using var store = await Verdict.OpenAsync(database);
            return (await HeadsAsync(store, rooms), await PositionsAsync(store, rooms));
        }

        async Task PassedAsync(Dictionary<long, long> seqs, int by)
        {
            await using var store = await Verdict.OpenAsync(database);
            await Deadline.Until(
                async () => (await PositionsAsync(store, rooms)).All(position => position.Value >= seqs[position.Key] + by),
                "the positions to move");
        }

        async Task KillAsync(MaruProcess server)
        {
            await server.KillAsync();
            if (TestStore.IsPostgres) await PostgresServer.LeftAsync(database);
        }

        void Check(MaruProcess server, Dictionary<long, long> stored)
        {
            foreach (var room in rooms)
            {
                stored[room].ShouldBeLessThanOrEqualTo(followed[room], $"room {room}: what was not followed is behind the position");
                var previous = stored[room];
                foreach (var seq in Followed(server, room))
                {
                    // Where the lease was lost on a busy machine, the server goes on from a later position.
                    if (seq > previous) seq.ShouldBe(previous + 1, $"room {room}: entries are missing");
                    else seq.ShouldBeGreaterThan(stored[room], $"room {room}: it was behind the position");
                    if (seq <= followed[room]) again++;
                    followed[room] = Math.Max(followed[room], seq);
                    previous = seq;
                }
            }
        }
    }

    /// <summary>Sends one message after the other until the server is gone.</summary>
    private static async Task TalkAsync(Uri address, string token, long room)
    {
        await using var socket = await StompSocket.ConnectAsync(address, token, watch: _ => { });
        try
        {
            while (!socket.IsEnded)
            {
                await socket.SayAsync(room, "said");
                await Task.Delay(5, CancellationToken.None);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The server was killed.
        }
    }

    private static List<long> Followed(MaruProcess server, long room) =>
    [
        .. from line in server.Lines
           let match = Line().Match(line)
           where match.Success && long.Parse(match.Groups[1].Value) == room
           select long.Parse(match.Groups[2].Value),
    ];

    private static Task<Dictionary<long, long>> PositionsAsync(DbConnection store, long[] rooms) =>
        SeqsAsync(store, rooms, "SELECT seq FROM follower_positions WHERE follower = 'print' AND room_id = @room");

    private static Task<Dictionary<long, long>> HeadsAsync(DbConnection store, long[] rooms) =>
        SeqsAsync(store, rooms, "SELECT last_seq FROM room_heads WHERE room_id = @room");

    private static async Task<Dictionary<long, long>> SeqsAsync(DbConnection store, long[] rooms, string sql)
    {
        Dictionary<long, long> seqs = [];
        foreach (var room in rooms)
            seqs[room] = (await Verdict.RowsAsync(store, sql, room, row => row.GetInt64(0))).SingleOrDefault();
        return seqs;
    }

    [GeneratedRegex(@"^followed ([0-9]+) ([0-9]+)\.$")]
    private static partial Regex Line();
}
