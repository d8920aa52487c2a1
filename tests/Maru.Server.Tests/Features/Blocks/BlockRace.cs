using Maru.Engine.Problems;
using Maru.Server.Tests.Features.Contacts;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Features.Blocks;

/// <summary>Blocks beside what they forbid, on one node or several.</summary>
internal static class BlockRace
{
    /// <summary>One blocks while others, who are all the same person, write without a pause; then it is lifted.</summary>
    public static async Task RunAsync(Person blocker, Person[] writers, Room room)
    {
        var (sent, refused) = (0, 0);
        using var over = new CancellationTokenSource();
        var writing = writers.Select(async writer =>
        {
            while (!over.IsCancellationRequested)
            {
                using var answer = await writer.TrySayAsync(room);
                if ((int)answer.StatusCode == 201) Interlocked.Increment(ref sent);
                else if ((int)answer.StatusCode == 403) Interlocked.Increment(ref refused);
                else throw new InvalidOperationException($"{answer.StatusCode}");
            }
        }).ToArray();
        await Deadline.Until(() => Volatile.Read(ref sent) >= 20, "messages");
        await blocker.BlockAsync(writers[0]);
        var end = (await blocker.SeeAsync(room)).LastSeq;
        await Deadline.Until(() => Volatile.Read(ref refused) >= 20, "refusals");
        (await blocker.SeeAsync(room)).LastSeq.ShouldBe(end, "nothing is committed behind the block");
        await blocker.LiftAsync(writers[0]);
        var before = Volatile.Read(ref sent);
        await Deadline.Until(() => Volatile.Read(ref sent) >= before + 5, "messages behind the lift");
        await over.CancelAsync();
        await Task.WhenAll(writing);
    }

    /// <summary>One blocks another while a direct room of the two is opened: there is none, or one in which nobody writes.</summary>
    public static async Task OpenAsync(Person blocker, Person blocked, Person opener)
    {
        var other = opener.Id == blocked.Id ? blocker : blocked;
        var (blocking, opening) = (blocker.BlockAsync(blocked), opener.OpenAsync(other));
        await blocking;
        using var opened = await opening;
        if ((int)opened.StatusCode == 201)
        {
            var room = await Task.FromResult(opened).Read<Room>(201);
            await blocked.TrySayAsync(room).ShouldNotWriteAsync();
            await blocker.TrySayAsync(room).ShouldRefuse(Problem.BlockedByYou);
        }
        else
        {
            ((int)opened.StatusCode).ShouldBe(403);
            await blocked.OpenAsync(blocker).ShouldNotWriteAsync();
        }
    }
}
