using Maru.Server.Tests.Features.Files;
using Maru.Server.Tests.Features.Rooms;

namespace Maru.Server.Tests.Backup;

/// <summary>
/// What becomes of a client that has seen more than the backup holds. A seq counts within one store: the restored log gives the lost seqs
/// again, to other entries. Whoever signs in anew begins anew; a client that keeps its place over that is told nothing.
/// </summary>
[Trait("Store", "sqlite")]
public sealed class CursorTests
{
    [Fact]
    public async Task A_place_behind_the_restored_end_hears_what_comes_and_misses_what_was_written_in_the_lost_seqs()
    {
        await using var server = await MaruServer.StartAsync();
        using var folder = new Folder();
        var (backup, target) = (Path.Combine(folder, "backup"), Path.Combine(folder, "data"));
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var kept = (await ann.SendAsync(room, "kept")).Seq;
        await server.BackUpAsync(backup);
        var lost = 0L;
        foreach (var text in (string[])["lost 1", "lost 2"]) lost = (await ann.SendAsync(room, text)).Seq;

        await using var restored = await Backups.RestoreAsync(backup, target);
        var again = await restored.SignInAsync(ann.Handle);
        await using (var soon = await StompSocket.ConnectAsync(restored.Address, again.AccessToken))
        {
            // It is behind the end: it goes on with what comes next, whatever seq that has.
            await soon.SendAsync(
                "SUBSCRIBE", "", ("destination", $"/topic/rooms/{room.Id}"), ("id", "a"), ("after", $"{lost}"), ("receipt", "there"));
            await soon.TakeAsync(frame => frame["receipt-id"] == "there", "the receipt");
            (await again.SendAsync(room, "new 1")).Seq.ShouldBe(kept + 1);
            (await soon.TakeAsync(frame => frame.Command == "MESSAGE", "the new message")).Seq.ShouldBe(kept + 1);
        }

        (await again.SendAsync(room, "new 2")).Seq.ShouldBe(lost);
        var last = (await again.SendAsync(room, "new 3")).Seq;
        await using var late = await StompSocket.ConnectAsync(restored.Address, again.AccessToken);
        await late.SendAsync("SUBSCRIBE", "", ("destination", $"/topic/rooms/{room.Id}"), ("id", "a"), ("after", $"{lost}"));
        (await late.TakeAsync(frame => frame.Command == "MESSAGE", "a message")).Seq.ShouldBe(last, "new 1 and new 2 are not sent to it");
        await late.SendAsync("SUBSCRIBE", "", ("destination", $"/topic/rooms/{room.Id}"), ("id", "b"), ("after", "0"));
        (await late.TakeAsync(frame => frame["subscription"] == "b", "the beginning")).Seq.ShouldBe(1, "who begins anew has all");
    }
}
