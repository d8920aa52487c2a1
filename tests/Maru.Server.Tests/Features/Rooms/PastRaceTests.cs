using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Rooms;

/// <summary>The past is hidden and opened while a member who joined later reads it.</summary>
public sealed class PastRaceTests
{
    private const string Old = "from before";

    private int _setting;       // odd while it changes; then 2 × changes

    [Fact]
    public async Task No_page_and_no_resume_has_the_past_once_it_is_hidden_and_each_has_it_once_it_is_open()
    {
        // Connections come faster than the server notices that others have left.
        await using var server = await MaruServer.StartAsync("--Maru:Engine:MaxConnectionsPerUser=100000");
        var (ann, ben) = (await server.SignUpAsync("ann"), await server.SignUpAsync("ben"));
        var room = await ann.MakeRoomWithAsync("all");
        for (var i = 0; i < 20; i++) await ann.SayAsync(room, Old);
        await ben.JoinAsync(room);
        var isOver = false;
        var readers = new[] { PageAsync, ResumeAsync, (Func<Person, Room, Task<bool>>)StreamAsync }
            .Select(read => Task.Run(() => ReadAsync(read)));
        var reading = Task.WhenAll(readers);
        for (var i = 0; i < 40; i++)
        {
            Interlocked.Increment(ref _setting);
            await ann.SetHistoryAsync(room, i % 2 == 0 ? "joined" : "all");
            Interlocked.Increment(ref _setting);
            // What begins now and ends before the next change has seen this setting alone.
            await Task.WhenAll(PageAsync(ben, room), ResumeAsync(ben, room));
        }

        Volatile.Write(ref isOver, true);
        (await reading).Sum().ShouldBeGreaterThan(20);

        async Task<bool> StreamAsync(Person person, Room room)
        {
            using var stream = await EventStream.OpenAsync(server, $"/api/rooms/{room.Id}/events?after=0", person.AccessToken);
            return (await stream.NextAsync()).Json.GetRawText().Contains(Old);
        }

        async Task<int> ReadAsync(Func<Person, Room, Task<bool>> read)
        {
            var judged = 0;
            while (!Volatile.Read(ref isOver))
            {
                var before = Volatile.Read(ref _setting);
                var hasPast = await read(ben, room);
                if (before % 2 > 0 || before != Volatile.Read(ref _setting)) continue;
                hasPast.ShouldBe(before / 2 % 2 == 0);
                judged++;
            }

            return judged;
        }
    }

    private static async Task<bool> PageAsync(Person person, Room room) =>
        (await person.HistoryAsync(room)).Any(x => x.Text == Old);

    private static async Task<bool> ResumeAsync(Person person, Room room) =>
        (await person.ResumeAsync(room, (await person.SeeAsync(room)).LastSeq)).Any(x => x.Text.Contains(Old));
}
