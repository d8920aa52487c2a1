using Maru.Server.Audit;
using Maru.Server.Storage;
using Maru.Server.Tests.Features.Messages;
using Maru.Server.Tests.Features.Rooms;
using Room = Maru.Server.Features.Rooms.Room;

namespace Maru.Server.Tests.Storage;

/// <summary>The replies that messages count, beside programs of an older version, which know of none.</summary>
public sealed class ReplyCountTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_an_older_program_left_is_counted_by_the_upgrade_and_goes_on()
    {
        await using var server = await MaruServer.StartAsync();
        var (ann, room, said) = await TalkAsync(server);
        var before = (await ann.HistoryAsync(room)).Select(x => (x.Seq, x.Replies)).ToArray();
        await server.RewindAsync(30);
        await server.RestartAsync();
        await server.ShouldCountRepliesAsync();
        var again = await server.SignInAsync(ann.Handle);
        (await again.HistoryAsync(room)).Select(x => (x.Seq, x.Replies)).ShouldBe(before);
        var reply = (await again.ReplyAsync(room, said)).Seq;
        await again.EraseAsync(room, (await again.ReplyAsync(room, said)).Seq);
        (await again.ThreadAsync(room, said)).Seqs().ShouldContain(reply);
        await server.ShouldCountRepliesAsync();
    }

    [Fact]
    public async Task What_an_older_program_deletes_and_replies_meanwhile_is_counted_once()
    {
        await using var server = await MaruServer.StartAsync();
        var (ann, room, said) = await TalkAsync(server);
        var reply = (await ann.ReplyAsync(room, said)).Seq;
        string[] deletions =
        [
            "UPDATE messages SET text = '', deleted_at = 1 WHERE room_id = @Id AND seq = @reply",
            "UPDATE messages SET text = '', deleted_at = 2 WHERE room_id = @Id AND seq = @reply",
        ];
        foreach (var sql in deletions) await ExecuteAsync(sql);     // twice: it goes once
        await server.ShouldCountRepliesAsync();
        await ExecuteAsync(
            """
            INSERT INTO messages (room_id, seq, type, sender_id, at, text, reply_to, number)
            SELECT room_id, last_seq + 1, 0, @sender, last_at, 'older', @said, messages + 1 FROM room_heads WHERE room_id = @Id
            """);
        await ExecuteAsync("UPDATE room_heads SET last_seq = last_seq + 1, messages = messages + 1 WHERE room_id = @Id");
        var drift = await AuditAsync();
        drift.ShouldBe(TestStore.IsPostgres ? 0 : 1, "an embedded store is not shared, and counts nothing for others");
        await server.ShouldCountRepliesAsync();
        (await AuditAsync()).ShouldBe(0);

        Task ExecuteAsync(string sql) => server.Service<Database>().WriteAsync(
            (transaction, ct) => transaction.ExecuteAsync(sql, new { room.Id, reply, said, sender = ann.Id }, ct), Ct);

        async Task<long> AuditAsync() =>
            (await server.Service<StoreAudit>().RunAsync(mends: true, (_, _) => { }, _ => { }, Ct)).Single(x => x.Name == "replies").Drift;
    }

    /// <summary>A message with two replies, one of which is replied to, and one that is deleted.</summary>
    private static async Task<(Person Ann, Room Room, long Said)> TalkAsync(MaruServer server)
    {
        var ann = await server.SignUpAsync();
        var room = await ann.MakeRoomAsync();
        var said = (await ann.SayAsync(room)).Seq;
        var reply = (await ann.ReplyAsync(room, said)).Seq;
        await ann.ReplyAsync(room, said);
        await ann.ReplyAsync(room, reply);
        await ann.EraseAsync(room, (await ann.ReplyAsync(room, said)).Seq);
        return (ann, room, said);
    }
}
